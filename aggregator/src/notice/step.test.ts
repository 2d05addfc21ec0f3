import { describe, expect, it } from 'vitest'
import { type Kind, kindNames, kinds } from './kinds.ts'
import { type Found, type Notice, nobody } from './notice.ts'
import { noticeSentence } from './sentence.ts'
import { stepNotices } from './step.ts'

const foundOf = (kind: Kind, strength: Found['strength'] = 'begins'): Found => ({
  ...nobody,
  prober: 1,
  kind,
  strength,
  details: { n: 2 },
})
const openOf = (kind: Kind, lastMs = 0): Notice => ({
  ...nobody,
  prober: 1,
  kind,
  id: kind,
  firstMs: 0,
  lastMs,
  details: { n: 1 },
})
const step = (open: readonly Notice[], found: readonly Found[], nowMs = 60_000) =>
  stepNotices({ open, found, nowMs }).map(change => change.kind)

describe('a notice', () => {
  it('opens for what is enough to begin one, and not for what only lingers', () => {
    expect(step([], [foundOf('clock_off')])).toEqual(['opened'])
    expect(step([], [foundOf('clock_off', 'lingers')])).toEqual([])
  })

  it('is seen again while its cause is there, even if it is too little to begin one, and never opens twice', () => {
    for (const strength of ['begins', 'lingers'] as const) {
      const changes = stepNotices({ open: [openOf('clock_off')], found: [foundOf('clock_off', strength)], nowMs: 1 })
      expect(changes).toEqual([{ kind: 'seen', was: openOf('clock_off'), details: { n: 2 } }])
    }
  })

  it('clears when its cause is gone; where it stays for a while, when that has passed', () => {
    expect(step([openOf('clock_off')], [])).toEqual(['cleared'])
    const { staysMs } = kinds.model_changed
    expect(step([openOf('model_changed')], [], staysMs - 1)).toEqual([])
    expect(step([openOf('model_changed')], [], staysMs)).toEqual(['cleared'])
  })

  it('about one prober says nothing of another', () => {
    expect(step([{ ...openOf('clock_off'), prober: 2 }], [foundOf('clock_off')])).toEqual(['cleared', 'opened'])
  })
})

describe('the words', () => {
  const names = { vantage: 'frankfurt', provider: 'OpenAI', model: 'gpt-4.1-nano', probe: 'chat' }
  it.each(kindNames)('of %s are a sentence, whatever is known', kind => {
    for (const text of [noticeSentence(kind, names, {}), noticeSentence(kind, { ...names, model: '', probe: '' }, {})])
      expect(text).toMatch(/^[A-Za-z].*[^.]$/)
  })

  it('say what was counted', () => {
    const say = (kind: Kind, details: Notice['details']) => noticeSentence(kind, names, details)
    expect(say('clock_off', { offset_ms: -45_300 })).toBe('The clock of frankfurt is 45 s behind ours')
    expect(say('coverage_lost', { planned: 12, measured: 3, skips: { paused: 1, budget_spent: 8 } })).toBe(
      'frankfurt measured 3 of 12 planned probes of OpenAI within an hour (budget_spent 8, paused 1)',
    )
    expect(say('prober_quiet', { last_batch_at: '2026-11-20T10:42:11.000Z' })).toBe(
      'Nothing has come from frankfurt since 2026-11-20 10:42 UTC',
    )
    expect(say('prober_quiet', { last_batch_at: null })).toBe('Nothing has come from frankfurt yet')
    expect(say('headroom_low', { of: 'tokens', left_percent: 12, remaining: 120, limit: 1000 })).toBe(
      '12 % of the tokens that OpenAI allows frankfurt are left (120 of 1000)',
    )
    expect(say('lines_rejected', { lines: 1, reasons: { bad_shape: 1 } })).toBe(
      'A line of frankfurt could not be read (bad_shape 1)',
    )
  })
})
