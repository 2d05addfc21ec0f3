import type { ResultLine } from '@llmstatus/shared/result'
import { quantile, sketchOf } from '@llmstatus/shared/sketch'
import type { Usual } from '@llmstatus/shared/threshold'
import { createFollowUps } from '../../prober/src/follow-up/follow-ups.ts'
import { blocks, type UsualPart } from '../../prober/src/follow-up/usual.ts'
import type { Probe } from '../../prober/src/probe.ts'
import type { ExtraSlot } from '../../prober/src/schedule/boot.ts'
import { oneSlot, skipLine } from '../../prober/src/schedule/lines.ts'
import { endpointKey, planOf, slotAfter } from '../../prober/src/schedule/plan.ts'
import { okLine } from '../../prober/test/test-probe.ts'
import { type Chance, chanceFrom } from './chance.ts'
import { lateMs, type Row, type Trace, type TracedSeries } from './trace.ts'
import type { Found, World } from './world.ts'

/**
 * World → trace: each vantage looks by the prober's own plan, with its jitter, and looks again by the prober's own rule.
 * The same world gives the same trace.
 */
export const sampleWorld = (world: World): Trace => {
  const { kind, profile, seed, startMs, endMs, labels, probes } = world
  const vantages = Array.from({ length: world.vantages }, (_, vantage) => sampleVantage(world, vantage))
  const rows = vantages.flatMap(({ rows }, vantage) =>
    rows.map(row => ({ ...row, of: row.of + vantage * probes.length })),
  )
  const series = vantages.flatMap(one => one.series)
  return { kind, profile, seed, startMs, endMs, labels, series, rows: rows.sort((a, b) => a.arrivedMs - b.arrivedMs) }
}

const dayMs = 86_400_000
const blockMs = dayMs / blocks

interface Event {
  readonly ms: number
  readonly run: () => void
}

const sampleVantage = (world: World, vantage: number): Pick<Trace, 'series' | 'rows'> => {
  const chance = chanceFrom(world.seed * 7919 + vantage)
  const seed = `${world.seed} ${vantage}`
  const before = world.probes.map(probe => pastOf(world, { probe, vantage, chance }))
  const events: Event[] = []
  const rows: Row[] = []
  const busy = new Set<Probe>()
  let nowMs = world.startMs
  const followUps = createFollowUps({
    probes: () => world.probes,
    seed,
    clock: { nowMs: () => nowMs, monoUs: () => nowMs * 1000 },
    usual: new Map(world.probes.map((probe, at) => [endpointKey(probe), before[at]?.parts ?? []])),
  })
  const add = (ms: number, run: () => void): void => void events.push({ ms, run })

  const look = (probe: Probe, slotMs: number, why: ResultLine['why']): void => {
    if (busy.has(probe)) {
      const skipped = skipLine('', { probe, skip: 'overrun', why, run: oneSlot(slotMs) })
      for (const slot of followUps.ended(probe, skipped)) addSlot(slot)
      return
    }
    busy.add(probe)
    const found = world.finds({ ms: nowMs, probe, vantage, chance })
    add(nowMs + Math.max(1, found.tookMs), () => end({ probe, slotMs, why }, found))
  }
  const end = (
    what: { readonly probe: Probe; readonly slotMs: number; readonly why: ResultLine['why'] },
    found: Found,
  ) => {
    const { probe, slotMs, why } = what
    busy.delete(probe)
    const about = { ms: nowMs, vantage, probe, chance }
    const aheadMs = world.clockMs({ ms: slotMs, vantage })
    const arrivedMs = nowMs + world.deliveryMs(about)
    rows.push({ arrivedMs, of: world.probes.indexOf(probe), seen: seenOf(what, found, { aheadMs, arrivedMs }) })
    for (const slot of followUps.ended(probe, lineOf({ probe, slotMs, why }, found))) addSlot(slot)
  }
  const addSlot = ({ probe, slotMs, why }: ExtraSlot): void =>
    add(Math.max(slotMs, nowMs), () => look(probe, slotMs, why))
  const plan = (probe: Probe): void => {
    const slotMs = slotAfter(planOf(probe, seed), nowMs)
    add(slotMs, () => {
      look(probe, slotMs, 'schedule')
      plan(probe)
    })
  }

  for (const probe of world.probes) plan(probe)
  for (;;) {
    const next = takeFirst(events)
    if (next === null || next.ms > world.endMs) break
    nowMs = next.ms
    next.run()
  }
  const series = world.probes.map((probe, at) => ({ ...seriesOf(probe, vantage), usual: before[at]?.usual ?? [] }))
  return { series, rows }
}

/** There are never more than a few: no heap is needed. */
const takeFirst = (events: Event[]): Event | null => {
  let first = 0
  for (let at = 1; at < events.length; at++) if ((events[at]?.ms ?? 0) < (events[first]?.ms ?? 0)) first = at
  return events.splice(first, 1)[0] ?? null
}

const seriesOf = (probe: Probe, vantage: number): Omit<TracedSeries, 'usual'> => ({
  vantage,
  model: probe.model ?? '',
  probe: probe.probe,
  type: probe.type,
  everyMs: probe.everyMs,
  timeoutMs: probe.timeoutMs,
})

const seenOf = (
  { probe, slotMs, why }: { readonly probe: Probe; readonly slotMs: number; readonly why: ResultLine['why'] },
  found: Found,
  { aheadMs, arrivedMs }: { readonly aheadMs: number; readonly arrivedMs: number },
): Row['seen'] => {
  const isOk = found.outcome === 'ok'
  return {
    slotMs: slotMs + aheadMs,
    why,
    outcome: found.outcome,
    signal: found.signal,
    httpStatus: found.httpStatus,
    firstTokenMs: isOk && probe.type === 'chat' ? found.tookMs : null,
    totalMs: isOk ? found.tookMs : null,
    late: arrivedMs - (slotMs + aheadMs) > lateMs,
  }
}

const lineOf = (
  { probe, slotMs, why }: { readonly probe: Probe; readonly slotMs: number; readonly why: ResultLine['why'] },
  { outcome, signal, httpStatus, tookMs }: Found,
): ResultLine => {
  const line = okLine(probe, { id: '', slotMs, why }, slotMs)
  const us = { ...line.us, first_token: probe.type === 'chat' ? tookMs * 1000 : null, last_byte: tookMs * 1000 }
  return { ...line, outcome, signal, http_status: httpStatus, us: outcome === 'ok' ? us : line.us }
}

interface Past {
  readonly parts: readonly UsualPart[]
  readonly usual: readonly (Usual | null)[]
}

/** A look each five minutes of the seven days before, in the prober's form and in the judge's. */
const pastOf = (
  { usedToTakeMs, startMs }: World,
  about: { readonly probe: Probe; readonly vantage: number; readonly chance: Chance },
): Past => {
  if (usedToTakeMs === null) return { parts: [], usual: Array.from({ length: blocks }, () => null) }
  const times = Array.from({ length: blocks }, (): number[] => [])
  const stepMs = Math.max(300_000, about.probe.everyMs)
  for (let ms = startMs - 7 * dayMs; ms < startMs; ms += stepMs)
    times[Math.floor((ms % dayMs) / blockMs)]?.push(usedToTakeMs({ ...about, ms }))
  const week = Math.floor(startMs / (7 * dayMs))
  const parts = times.map((values, block) => ({ week, block, sketch: sketchOf(values, 3) }))
  const usual = parts.map(({ sketch }) => {
    const p95Ms = quantile(sketch, 0.95)
    return p95Ms === null ? null : { p95Ms, n: sketch.n }
  })
  return { parts, usual }
}
