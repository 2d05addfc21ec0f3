import type { Outcome } from '@llmstatus/shared/outcome'
import { type Usual, usualPlaceOf } from '@llmstatus/shared/threshold'
import type { Queries } from '../db/store.ts'
import type { Policy } from '../judge/policy.ts'
import { thresholdsOf } from '../judge/thresholds.ts'
import { perTokenMs } from '../judge/tokens-slow.ts'
import { readUsual, usualKey } from '../judge/usual.ts'
import {
  type ArchivedResult,
  type ArchivedSeries,
  type Episode,
  readArchivedSeries,
  readEpisodes,
  readResults,
  type Span,
} from './archive.ts'
import { type Court, createCourt, type HeardRow, sweepEveryMs } from './court.ts'
import { type Difference, differencesOf } from './differences.ts'
import { outcomeNow } from './reclassify.ts'

/**
 * The archive of one provider judged again, as if its results came now.
 *
 * Invariants
 * - Nothing is written.
 * - Half an hour of results is in memory at a time, and as much of the past as a judgement may look at.
 * - When a result arrived nobody wrote down: it is taken for a second after its end.
 */
export interface ReplayWish extends Span {
  readonly provider: string
  readonly policy: Policy
  readonly kind: 'hosted' | 'gateway' | 'self_hosted'
  readonly outcomes: 'as_stored' | 'classified_again'
}

export interface Replayed {
  readonly results: number
  /** How many results have another outcome today, by `was > is`. */
  readonly reclassified: Readonly<Record<string, number>>
  readonly differences: readonly Difference[]
}

const pieceMs = 1_800_000
/** So that what began before is known, and not told as new. */
const runUpMs = 3 * 3_600_000
const deliveryMs = 1_000

export const replayProvider = async (db: Queries, wish: ReplayWish): Promise<Replayed> => {
  const { provider, fromMs, toMs, policy } = wish
  const series = await readArchivedSeries(db, provider)
  const usual = await usualOver(db, series)
  const court = createCourt(
    provider,
    series.map(one => courtSeries(one, wish, usual)),
    policy,
  )
  const places = new Map(series.map((one, at) => [usualKey(one), at]))
  const endpoints = [...new Set(series.map(one => one.endpoint))]
  const clerk = createClerk(court, fromMs - runUpMs)
  const counted = { results: 0, changed: new Map<string, number>() }
  for (let ms = fromMs - runUpMs; ms < toMs; ms += pieceMs) {
    const until = Math.min(ms + pieceMs, toMs)
    const rows = await readResults(db, endpoints, { fromMs: ms, toMs: until })
    await usual.moveTo(ms)
    for (const row of rows) {
      const outcome = wish.outcomes === 'as_stored' ? row.outcome : outcomeNow(row)
      if (ms >= fromMs) count(counted, row.outcome, outcome)
      const of = places.get(usualKey(row))
      if (of !== undefined) clerk.expect({ arrivedMs: arrivedMs(row, outcome), of, seen: seenOf(row, outcome) })
    }
    clerk.passTo(until)
  }
  const are = clerk.episodes().filter(({ openedMs }) => openedMs >= fromMs)
  const differences = differencesOf(await readEpisodes(db, provider, wish), are)
  return { results: counted.results, reclassified: Object.fromEntries(counted.changed), differences }
}

const count = (
  counted: { results: number; readonly changed: Map<string, number> },
  was: Outcome,
  is: Outcome,
): void => {
  counted.results++
  if (was !== is) counted.changed.set(`${was} > ${is}`, (counted.changed.get(`${was} > ${is}`) ?? 0) + 1)
}

const arrivedMs = (row: ArchivedResult, outcome: Outcome): number => {
  const { last_byte_us, first_token_us, first_byte_us, sent_us, timeout_ms } = row
  const tookMs =
    outcome === 'timeout' ? timeout_ms : (last_byte_us ?? first_token_us ?? first_byte_us ?? sent_us ?? 0) / 1000
  return row.at.getTime() + tookMs + deliveryMs
}

const seenOf = (row: ArchivedResult, outcome: Outcome): HeardRow['seen'] => {
  const firstTokenMs = row.first_token_us === null ? null : row.first_token_us / 1000
  const totalMs = row.last_byte_us === null ? null : row.last_byte_us / 1000
  return {
    slotMs: row.slot.getTime(),
    why: row.why,
    outcome,
    signal: row.signal,
    httpStatus: row.http_status,
    firstTokenMs,
    totalMs,
    perTokenMs: perTokenMs({ tokens: row.tokens_out, firstTokenMs, totalMs }),
    late: false,
  }
}

interface UsualOver {
  readonly moveTo: (ms: number) => Promise<void>
  readonly of: (series: ArchivedSeries) => Usual | null
}

/** What was usual then: read again for each three hours. */
const usualOver = async (db: Queries, series: readonly ArchivedSeries[]): Promise<UsualOver> => {
  let block = -1
  let now: ReadonlyMap<string, Usual> = new Map()
  return {
    moveTo: async ms => {
      const place = usualPlaceOf(ms)
      if (series.length === 0 || place.block === block) return
      block = place.block
      now = await readUsual(db, series, ms)
    },
    of: one => now.get(usualKey(one)) ?? null,
  }
}

const courtSeries = (one: ArchivedSeries, { provider, kind, policy }: ReplayWish, usual: UsualOver) => {
  const { endpoint: id, model, probe, type, sla, reasoning, interval_ms } = one
  return {
    endpoint: { id, provider, model, probe, type },
    intervalMs: interval_ms,
    thresholdsAt: () => thresholdsOf({ type, kind, reasoning, sla, usual: usual.of(one) }, policy),
  }
}

interface Coming extends HeardRow {
  readonly arrivedMs: number
}

/** Brings results before the court in the order of their arrival, and lets time pass between them. */
const createClerk = (court: Court, startMs: number) => {
  let coming: Coming[] = []
  let nowMs = startMs
  const episodes = new Map<string, Episode>()
  const keep = ({ incident }: ReturnType<Court['sweep']>): void => {
    if (incident === null) return
    const { id, openedMs, resolvedMs, impact, reason } = incident
    episodes.set(id, { id: null, openedMs, resolvedMs, impact, reason })
  }
  const sweepUntil = (ms: number): void => {
    for (let next = nowMs + sweepEveryMs(court); next < ms; next += sweepEveryMs(court)) {
      nowMs = next
      keep(court.sweep(nowMs))
    }
  }
  return {
    expect: (row: Coming): void => void coming.push(row),
    passTo: (untilMs: number): void => {
      const due = coming.filter(row => row.arrivedMs < untilMs).sort((a, b) => a.arrivedMs - b.arrivedMs)
      coming = coming.filter(row => row.arrivedMs >= untilMs)
      for (const row of due) {
        sweepUntil(row.arrivedMs)
        nowMs = Math.max(nowMs, row.arrivedMs)
        keep(court.hear([row], nowMs))
      }
      sweepUntil(untilMs)
    },
    episodes: (): readonly Episode[] => [...episodes.values()],
  }
}
