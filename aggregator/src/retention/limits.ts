import { type ByDay, byDay, dayOf } from '../db/days.ts'
import { levels } from '../rollup/levels.ts'

/** How long the operator wants what is his to choose. */
export interface Kept {
  readonly resultDays: number
  readonly ledgerDays: number
}

export const dayMs = 86_400_000

/** What is older than this is not kept, for each table that goes by the day. */
export const keptMsOf = ({ table }: Pick<ByDay, 'table'>, kept: Kept): number => {
  const level = levels.find(({ counts, sketches }) => counts === table || sketches === table)
  return level === undefined ? kept.resultDays * dayMs : (level.keptMs ?? Number.POSITIVE_INFINITY)
}

/** `result_20261120` → its table and day; null for a stray partition, which has none. */
const readName = (name: string): { readonly of: ByDay; readonly day: string } | null => {
  const [, table, year, month, day] = /^(.+)_(\d{4})(\d\d)(\d\d)$/.exec(name) ?? []
  const of = byDay.find(one => one.table === table)
  return of === undefined ? null : { of, day: `${year}-${month}-${day}` }
}

/** Of these partitions the ones whose last moment is too old, oldest first. */
export const expiredDays = (names: readonly string[], kept: Kept, nowMs: number): readonly string[] =>
  names
    .flatMap(name => {
      const read = readName(name)
      if (read === null) return []
      const firstKept = dayOf(nowMs - Math.min(keptMsOf(read.of, kept), nowMs))
      return read.day < firstKept ? [{ name, day: read.day }] : []
    })
    .sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0))
    .map(({ name }) => name)
