import type { Facts, SeriesFacts } from './facts.ts'
import { findHeadroom, findModels, findTokens } from './find-levels.ts'
import { findCoverage, findDefinitions, findProbers } from './find-probers.ts'
import { findStreaks } from './find-streaks.ts'
import type { Kind } from './kinds.ts'
import type { Found } from './notice.ts'

/** Facts → what there is to say now. Pure; at most one of a kind and a subject. */
export const findNotices = (facts: Facts): readonly Found[] => {
  const lastMs = new Map(facts.probers.map(one => [one.prober, one.lastResultMs]))
  const series = facts.series.filter(one => isMeasured(one, lastMs.get(one.prober) ?? null))
  const found = [
    ...findStreaks(series),
    ...findHeadroom(series, facts.nowMs),
    ...findTokens(series),
    ...findModels(series),
    ...findProbers({ ...facts, series }),
    ...findCoverage(facts.coverage),
    ...findDefinitions(facts),
  ]
  return found.filter(one => one.kind !== 'coverage_lost' || !isExplained(one, found))
}

const gone = { intervals: 3.5, leastMs: 3_600_000 } as const

/**
 * A probe that is still in its prober's configuration, as far as its results can tell: others came, and none of it for long. While
 * nothing comes at all, what was said last is what is known.
 */
const isMeasured = ({ everyMs, latest }: SeriesFacts, lastResultMs: number | null): boolean => {
  const [newest] = latest
  if (newest === undefined || lastResultMs === null) return newest !== undefined
  return lastResultMs - newest.slotMs <= Math.max(gone.leastMs, gone.intervals * everyMs)
}

const explains: ReadonlySet<Kind> = new Set(['never_reached', 'proxy_failing', 'guard_refuses'])

/** Where it is known what took the coverage, it is not said twice. */
const isExplained = (one: Found, found: readonly Found[]): boolean =>
  found.some(
    other =>
      explains.has(other.kind) &&
      other.strength === 'begins' &&
      other.prober === one.prober &&
      other.provider === one.provider,
  )
