import type { CoverageFacts, Facts, ProberFacts, SeriesFacts } from './facts.ts'
import { type Found, nobody, type Subject, strengthOf } from './notice.ts'

/** What is wrong with a vantage, or with what it sends. */

const quiet = { leastMs: 180_000, intervals: 3.5, graceMs: 60_000 } as const
const clock = { beginsMs: 30_000, lingersMs: 20_000 } as const
const differ = { begins: 0.05, lingers: 0.02, results: 20 } as const
const coverage = { begins: 0.5, lingers: 0.8, planned: 6 } as const

const of = (prober: number): Subject => ({ ...nobody, prober })

export const findProbers = ({ probers, series, nowMs }: Facts): readonly Found[] =>
  probers.flatMap(one => [
    ...quietOf(one, nowMs),
    ...clockOf(one),
    ...rejectedOf(one),
    ...differOf(
      one.prober,
      series.filter(({ prober }) => prober === one.prober),
    ),
  ])

const quietOf = ({ prober, lastBatchMs, approvedMs, everyMs }: ProberFacts, nowMs: number): readonly Found[] => {
  const limitMs = Math.max(quiet.leastMs, quiet.intervals * (everyMs ?? 0) + quiet.graceMs)
  const forMs = nowMs - (lastBatchMs ?? approvedMs)
  if (forMs < limitMs) return []
  const since = lastBatchMs === null ? null : new Date(lastBatchMs).toISOString()
  return [{ ...of(prober), kind: 'prober_quiet', strength: 'begins', details: { last_batch_at: since } }]
}

const clockOf = ({ prober, clockOffsetMs }: ProberFacts): readonly Found[] => {
  const off = Math.abs(clockOffsetMs ?? 0)
  const strength = strengthOf(off > clock.beginsMs, off > clock.lingersMs)
  const details = { offset_ms: clockOffsetMs }
  return strength === null ? [] : [{ ...of(prober), kind: 'clock_off', strength, details }]
}

const rejectedOf = ({ prober, rejected }: ProberFacts): readonly Found[] => {
  const lines = Object.values(rejected).reduce((sum, n) => sum + n, 0)
  if (lines === 0) return []
  return [{ ...of(prober), kind: 'lines_rejected', strength: 'begins', details: { lines, reasons: rejected } }]
}

const differOf = (prober: number, series: readonly SeriesFacts[]): readonly Found[] => {
  const results = series.flatMap(one => one.latest)
  if (results.length < differ.results) return []
  const n = results.filter(result => result.stated !== null).length
  const share = n / results.length
  const strength = strengthOf(share >= differ.begins, share >= differ.lingers)
  const details = { differ: n, of: results.length }
  return strength === null ? [] : [{ ...of(prober), kind: 'outcomes_differ', strength, details }]
}

export const findCoverage = (facts: readonly CoverageFacts[]): readonly Found[] =>
  facts.flatMap(({ prober, provider, planned, measured, skips }) => {
    if (planned < coverage.planned) return []
    const share = measured / planned
    const strength = strengthOf(share < coverage.begins, share < coverage.lingers)
    const details = { planned, measured, skips }
    return strength === null ? [] : [{ ...nobody, prober, provider, kind: 'coverage_lost', strength, details }]
  })

export const findDefinitions = ({ definitions, nowMs }: Facts): readonly Found[] => {
  if (definitions === null || definitions.count === 0 || definitions.expiresMs > nowMs) return []
  const details = { definitions: definitions.count, expired_at: new Date(definitions.expiresMs).toISOString() }
  return [{ ...nobody, kind: 'definitions_expired', strength: 'begins', details }]
}
