import { describe, expect, it } from 'vitest'
import { judgeEndpoint } from './endpoint.ts'
import { defaultPolicy } from './policy.ts'
import { endpointOf } from './testing/samples.ts'
import { perTokenMs } from './tokens-slow.ts'
import { judgeVote } from './vote.ts'

const minute = 60_000
const t0 = Date.UTC(2026, 10, 20, 10, 0, 0)

const voteOn = (gaps: readonly number[]) => {
  const common = { why: 'schedule', outcome: 'ok', signal: null, httpStatus: 200, late: false } as const
  const times = { firstTokenMs: 400, totalMs: 2_400 }
  const results = gaps.map((gap, at) => ({ ...common, ...times, slotMs: t0 + at * minute, perTokenMs: gap }))
  const thresholds = { firstTokenMs: 3_000, totalMs: null, perTokenMs: 25, basis: 'known' } as const
  const series = { type: 'chat', intervalMs: minute, thresholds, results } as const
  return judgeVote({ was: null, series, policy: defaultPolicy, nowMs: t0 + gaps.length * minute })
}

describe('an answer that drips', () => {
  it('is slow when more than half of the window is below the floor', () => {
    expect(voteOn([10, 40, 40, 40, 10])).toMatchObject({
      state: 'slow',
      reason: 'tokens_slow',
      evidence: { rule: 'tokens_slow', latency: { metric: 'per_token', above: 3, threshold_ms: 25 } },
    })
    expect(voteOn([10, 40, 40, 10])).toMatchObject({ state: 'operational' })
    expect(voteOn([10, 40, 40, 10, 40, 10])).toMatchObject({ state: 'operational' })
  })

  it('opens nothing: it is a notice', () => {
    const votes = [voteOn([40, 40, 40, 40, 40])]
    const input = { endpoint: endpointOf('chat'), was: null, votes, policy: defaultPolicy, nowMs: t0 + 60 * minute }
    expect(judgeEndpoint(input)).toMatchObject({ state: 'slow', opens: false })
  })
})

describe('the time between two tokens', () => {
  it('is from the first token to the end, of enough of them', () => {
    expect(perTokenMs({ tokens: 101, firstTokenMs: 400, totalMs: 2_400 })).toBe(20)
    expect(perTokenMs({ tokens: 10, firstTokenMs: 400, totalMs: 2_400 })).toBeNull()
    expect(perTokenMs({ tokens: 101, firstTokenMs: null, totalMs: 2_400 })).toBeNull()
    expect(perTokenMs({ tokens: null, firstTokenMs: 400, totalMs: 2_400 })).toBeNull()
  })
})
