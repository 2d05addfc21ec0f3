import { readLine } from '@llmstatus/shared/result'
import type { Probe } from '../../prober/src/probe.ts'
import { type Plan, planOf, slotBefore, slotsBetween } from '../../prober/src/schedule/plan.ts'
import { testProbe } from '../../prober/test/test-probe.ts'
import type { Endpoints } from './quick-probes.ts'
import type { Row, Stored } from './stored.ts'

/**
 * What became of every slot of every endpoint, from its first to its last, by what an aggregator has. Pure.
 *
 * Nothing was lost where `holes` is empty or a gap names it; nothing was counted twice where `twice` is empty.
 */
export interface Account {
  readonly results: number
  /** Slots, by reason. */
  readonly skipped: Readonly<Record<string, number>>
  /** Planned slots of which nothing is said. */
  readonly holes: readonly Stretch[]
  /** Planned slots of which more than one thing is said. */
  readonly twice: readonly Stretch[]
  /** What no plan could have made, what the ledger has and the rows have not, and the other way round. */
  readonly wrong: readonly string[]
  /** Lines that came in more than one batch. */
  readonly repeated: number
}

/** Slots one after another. */
export interface Stretch {
  readonly endpoint: string
  readonly fromMs: number
  readonly toMs: number
  readonly count: number
  /** What is said of the first of them. */
  readonly said: readonly string[]
}

export const accountOf = (stored: Stored, endpoints: Endpoints): Account => {
  const { rows } = stored
  const plans = Object.entries(endpoints).map(([endpoint, everyMs]) => {
    const planned = rows.filter(row => row.endpoint === endpoint && row.why === 'schedule')
    return { endpoint, planned, ...cover(planOf(probeOf(endpoint, everyMs), stored.seed), planned) }
  })
  const skips = rows.filter(({ is }) => is === 'skip')
  return {
    results: rows.length - skips.length,
    skipped: countBy(skips),
    holes: plans.flatMap(({ endpoint, slots }) => stretches(endpoint, slots, ({ said }) => said.length === 0)),
    twice: plans.flatMap(({ endpoint, slots }) => stretches(endpoint, slots, ({ said }) => said.length > 1)),
    wrong: [
      ...plans.flatMap(({ wrong }) => wrong),
      ...plans.flatMap(({ endpoint, planned }) => disagreement(endpoint, planned, stored.planned)),
      ...ledgerAgainstRows(stored),
    ],
    repeated: idsIn(stored).length - new Set(idsIn(stored)).size,
  }
}

const probeOf = (endpoint: string, everyMs: number): Probe => {
  const [provider = '', model = '', probe = ''] = endpoint.split('/')
  return testProbe({ provider, model, probe, everyMs })
}

interface Slot {
  readonly ms: number
  readonly said: string[]
}

/** Every slot from the first that is spoken of to the last, and what is said of each. */
const cover = (plan: Plan, rows: readonly Row[]): { readonly slots: readonly Slot[]; readonly wrong: string[] } => {
  if (rows.length === 0) return { slots: [], wrong: [] }
  const firstMs = Math.min(...rows.map(({ fromMs }) => fromMs))
  const lastMs = Math.max(...rows.map(({ toMs }) => toMs))
  const slots: Slot[] = []
  for (let ms = firstMs - 1; ms < lastMs; ) {
    ms = slotsBetween(plan, ms, ms + 2 * plan.everyMs)?.fromMs ?? lastMs
    slots.push({ ms, said: [] })
  }
  const index = new Map(slots.map(({ ms }, at) => [ms, at]))
  const reached = rows.map(row => {
    const [from, to] = [index.get(row.fromMs), index.get(row.toMs)]
    const isPlanned = from !== undefined && to !== undefined && slotBefore(plan, row.toMs) === row.toMs
    return { row, slots: isPlanned ? slots.slice(from, to + 1) : [] }
  })
  const whole = reached.filter(({ row, slots: inRun }) => inRun.length === row.count)
  for (const { row, slots: inRun } of whole) for (const slot of inRun) slot.said.push(row.word)
  const wrong = reached.filter(each => !whole.includes(each)).flatMap(({ row, slots: inRun }) => remainder(row, inRun))
  return { slots, wrong }
}

/** A run may leave out the slots of which something else is said, and no other. */
const remainder = (row: Row, slots: readonly Slot[]): readonly string[] => {
  const unsaid = slots.filter(({ said }) => said.length === 0)
  if (slots.length === 0 || unsaid.length !== row.count)
    return [`${row.endpoint}: ${row.word} of ${row.count} from ${iso(row.fromMs)} to ${iso(row.toMs)} is in no plan`]
  for (const slot of unsaid) slot.said.push(row.word)
  return []
}

const stretches = (endpoint: string, slots: readonly Slot[], is: (slot: Slot) => boolean): readonly Stretch[] => {
  const found: Stretch[] = []
  for (const [at, slot] of slots.entries()) {
    if (!is(slot)) continue
    const last = at > 0 && is(slots[at - 1] as Slot) ? found.pop() : undefined
    const { ms, said } = slot
    found.push(
      last === undefined
        ? { endpoint, fromMs: ms, toMs: ms, count: 1, said }
        : { ...last, toMs: ms, count: last.count + 1 },
    )
  }
  return found
}

/** Buckets add up to what the rows say. */
const disagreement = (endpoint: string, rows: readonly Row[], planned: Stored['planned']): readonly string[] => {
  const slots = rows.reduce((sum, { count }) => sum + count, 0)
  const inBuckets = planned[endpoint] ?? 0
  return slots === inBuckets ? [] : [`${endpoint}: ${slots} planned slots in rows, ${inBuckets} in buckets`]
}

const ledgerAgainstRows = (stored: Stored): readonly string[] => {
  const inLedger = new Set(idsIn(stored))
  const inRows = new Set(stored.rows.map(({ id }) => id))
  return [
    ...[...inLedger].filter(id => !inRows.has(id)).map(id => `${id} is in the ledger and in no row`),
    ...[...inRows].filter(id => !inLedger.has(id)).map(id => `${id} is a row and not in the ledger`),
    ...(inRows.size === stored.rows.length ? [] : ['an id stands in more than one row']),
    ...(stored.rejected === 0 ? [] : [`${stored.rejected} lines were rejected`]),
  ]
}

const idsIn = ({ lines }: Stored): readonly string[] =>
  lines.flatMap(text => {
    const line = readLine(text)
    return line.ok && line.kind !== 'definition' ? [line.line.id] : []
  })

const countBy = (rows: readonly Row[]): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {}
  for (const { word, count } of rows) counts[word] = (counts[word] ?? 0) + count
  return counts
}

const iso = (ms: number): string => new Date(ms).toISOString()
