import { expect, test } from 'vitest'
import { createAnnouncer } from './announce.ts'

test('trouble is said when it begins, once a minute while it stays, and when it is over', () => {
  const said: unknown[] = []
  let nowS = 0
  const note = (fields: object, words: string) => void said.push([nowS, words, fields])
  const log = { debug: note, info: note, warn: note, error: note } as unknown as Parameters<
    typeof createAnnouncer
  >[0]['log']
  const announcer = createAnnouncer({ clock: { nowMs: () => 0, monoUs: () => nowS * 1e6 }, log })
  announcer.over('all is well')
  for (nowS = 10; nowS < 200; nowS += 5) announcer.trouble('away', { why: 'ECONNREFUSED' })
  announcer.over('back')
  announcer.over('back')
  expect(said).toEqual([
    [10, 'away', { why: 'ECONNREFUSED', for_s: 0 }],
    [70, 'away', { why: 'ECONNREFUSED', for_s: 60 }],
    [130, 'away', { why: 'ECONNREFUSED', for_s: 120 }],
    [190, 'away', { why: 'ECONNREFUSED', for_s: 180 }],
    [200, 'back', { after_s: 190 }],
  ])
})
