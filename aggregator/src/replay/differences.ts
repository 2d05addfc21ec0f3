import type { Episode } from './archive.ts'

/** Two lists of incidents of one provider, what was and what would have been, one beside the other. */

export type Is = 'same' | 'changed' | 'opened' | 'not_opened'

export interface Difference {
  /** `opened`: only in the replay. `not_opened`: only as it was. */
  readonly is: Is
  readonly was: Episode | null
  readonly now: Episode | null
  /** By how much it would have opened and resolved later; less than nothing is earlier. Null where one of them did not. */
  readonly opensS: number | null
  readonly resolvesS: number | null
}

/** What delivery and the time between two sweeps make of the same incident. */
const closeS = 30

export const differencesOf = (were: readonly Episode[], are: readonly Episode[]): readonly Difference[] => {
  const left = [...are]
  const pairs = were.map(was => {
    const at = left.findIndex(now => overlap(was, now))
    const [now = null] = at < 0 ? [] : left.splice(at, 1)
    return compared(was, now)
  })
  return [...pairs, ...left.map(now => compared(null, now))].toSorted((a, b) => openedOf(a) - openedOf(b))
}

const endOf = ({ resolvedMs }: Episode): number => resolvedMs ?? Number.POSITIVE_INFINITY
const overlap = (a: Episode, b: Episode): boolean => a.openedMs <= endOf(b) && b.openedMs <= endOf(a)
const openedOf = ({ was, now }: Difference): number => Math.min(was?.openedMs ?? Infinity, now?.openedMs ?? Infinity)

const compared = (was: Episode | null, now: Episode | null): Difference => {
  const opensS = laterS(was?.openedMs, now?.openedMs)
  const resolvesS = laterS(was?.resolvedMs, now?.resolvedMs)
  const isOf = (): Is => {
    if (was === null) return 'opened'
    if (now === null) return 'not_opened'
    const isEnd = (was.resolvedMs === null) === (now.resolvedMs === null)
    const isClose = [opensS, resolvesS].every(s => s === null || Math.abs(s) <= closeS)
    return isEnd && isClose && was.impact === now.impact ? 'same' : 'changed'
  }
  return { is: isOf(), was, now, opensS, resolvesS }
}

const laterS = (was: number | null | undefined, now: number | null | undefined): number | null =>
  was === null || was === undefined || now === null || now === undefined ? null : Math.round((now - was) / 1000)
