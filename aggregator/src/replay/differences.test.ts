import { describe, expect, it } from 'vitest'
import type { Episode } from './archive.ts'
import { differencesOf } from './differences.ts'

const minute = 60_000
const episode = (openedMin: number, resolvedMin: number | null, impact: Episode['impact'] = 'minor'): Episode => ({
  id: null,
  openedMs: openedMin * minute,
  resolvedMs: resolvedMin === null ? null : resolvedMin * minute,
  impact,
  reason: 'timeout',
})
const words = (were: readonly Episode[], are: readonly Episode[]) =>
  differencesOf(were, are).map(({ is, opensS, resolvesS }) => [is, opensS, resolvesS])

describe('an incident beside what it would have been', () => {
  it('is the same within half a minute', () => {
    expect(words([episode(10, 30)], [episode(10.4, 29.6)])).toEqual([['same', 24, -24]])
  })

  it('is changed by when it opened, when it resolved, whether it did, and its impact', () => {
    expect(words([episode(10, 30)], [episode(8, 30)])).toEqual([['changed', -120, 0]])
    expect(words([episode(10, 30)], [episode(10, 45)])).toEqual([['changed', 0, 900]])
    expect(words([episode(10, 30)], [episode(10, null)])).toEqual([['changed', 0, null]])
    expect(words([episode(10, 30)], [episode(10, 30, 'critical')])).toEqual([['changed', 0, 0]])
  })

  it('is only in one of the two where the other had none at that time', () => {
    expect(words([episode(10, 30), episode(90, 100)], [episode(50, 60), episode(91, 100)])).toEqual([
      ['not_opened', null, null],
      ['opened', null, null],
      ['changed', 60, 0],
    ])
  })

  it('is one of two that it would have been, and the other is more', () => {
    expect(words([episode(10, 60)], [episode(10, 20), episode(40, 60)])).toEqual([
      ['changed', 0, -2400],
      ['opened', null, null],
    ])
  })
})
