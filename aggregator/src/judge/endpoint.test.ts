import { array, assert, constantFrom, integer, property, shuffledSubarray } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judgeEndpoint } from './endpoint.ts'
import { defaultPolicy } from './policy.ts'
import { severity } from './state.ts'
import { endpointOf, t0, voteOf } from './testing/samples.ts'
import type { Vote } from './verdict.ts'

const minute = 60_000
const judge = (votes: readonly Vote[], was: Parameters<typeof judgeEndpoint>[0]['was'] = null) =>
  judgeEndpoint({ endpoint: endpointOf('chat'), was, votes, policy: defaultPolicy, nowMs: t0 + minute })

const ok = voteOf('operational')
const out = voteOf('outage')
const degraded = voteOf('degraded')
const slow = voteOf('slow')

describe('an endpoint seen from several vantages', () => {
  it('is out when half of them and at least two say so', () => {
    expect(judge([out, out, ok, ok])).toMatchObject({ state: 'outage', voters: 4, agree: 2, confidence: 'medium' })
    expect(judge([out, out, out, ok, ok])).toMatchObject({ state: 'outage', confidence: 'high' })
  })

  it('is partly out when one of them, or fewer than half, say so', () => {
    expect(judge([out, ok])).toMatchObject({ state: 'partial_outage', agree: 1, voters: 2, confidence: 'low' })
    expect(judge([out, out, ok, ok, ok])).toMatchObject({ state: 'partial_outage', confidence: 'medium' })
  })

  it('is degraded with low confidence by one of them, and that opens nothing until it has lasted', () => {
    expect(judge([degraded, ok, ok])).toMatchObject({
      state: 'degraded',
      confidence: 'low',
      agree: 1,
      voters: 3,
      opens: false,
    })
    expect(judge([voteOf('degraded', { sinceMs: t0 - 9 * minute }), ok, ok]).opens).toBe(true)
  })

  it('counts a worse vote for every milder state', () => {
    expect(judge([degraded, slow, ok])).toMatchObject({ state: 'degraded', opens: true })
    expect(judge([out, slow, ok])).toMatchObject({ state: 'partial_outage', opens: true })
  })

  it('leaves out those that cannot tell', () => {
    const votes = [out, out, voteOf('unknown'), voteOf('unknown'), voteOf('throttled')]
    expect(judge(votes)).toMatchObject({ state: 'outage', voters: 2, agree: 2 })
  })

  it('adds up what they found', () => {
    const votes = [
      voteOf('degraded', { codes: { timeout: 2 } }),
      voteOf('degraded', { codes: { timeout: 1, server_error: 2 } }),
    ]
    expect(judge(votes)).toMatchObject({
      failures: 6,
      evidence: { n: 6, failed: 6, codes: { timeout: 3, server_error: 2 } },
    })
  })
})

describe('an endpoint seen from one vantage', () => {
  it('is what that one says, with low confidence', () => {
    for (const vote of [out, degraded, slow])
      expect(judge([vote])).toMatchObject({ state: vote.state, confidence: 'low', opens: true })
  })

  it('opens nothing while it only has not ended yet', () => {
    expect(judge([voteOf('degraded', { rule: 'hold', failed: 2 })])).toMatchObject({
      state: 'degraded',
      opens: false,
      failures: 0,
    })
  })
})

describe('an endpoint that nobody can tell of', () => {
  it('is throttled where one of them is, else unknown', () => {
    expect(judge([voteOf('throttled'), voteOf('unknown')])).toMatchObject({ state: 'throttled', blame: 'account' })
    expect(judge([voteOf('unknown')])).toMatchObject({ state: 'unknown', reason: 'no_results' })
    expect(judge([])).toMatchObject({ state: 'unknown', reason: 'never_measured', voters: 0 })
    expect(judge([], { state: 'operational', sinceMs: 5 })).toMatchObject({
      state: 'unknown',
      reason: 'no_results',
      sinceMs: t0 + minute,
    })
  })
})

describe('what opens', () => {
  it('is no slowness by what holds for everybody, however long', () => {
    const general = voteOf('slow', { rule: 'slow_general', sinceMs: 0 })
    expect(judge([general])).toMatchObject({ state: 'slow', opens: false })
    expect(judge([slow])).toMatchObject({ state: 'slow', opens: true })
  })
})

describe('a verdict', () => {
  const anyVote = constantFrom(
    ok,
    out,
    degraded,
    slow,
    voteOf('unknown'),
    voteOf('throttled'),
    voteOf('outage', { rule: 'hold' }),
  )
  const ladder = [ok, slow, degraded, out]

  it('keeps its beginning while its state stays', () => {
    expect(judge([out, out], { state: 'outage', sinceMs: 5 }).sinceMs).toBe(5)
    expect(judge([out, out], { state: 'degraded', sinceMs: 5 }).sinceMs).toBe(t0)
  })

  it('is the same whatever the order of the votes', () => {
    const shuffled = array(anyVote, { maxLength: 6 }).chain(all =>
      shuffledSubarray(all, { minLength: all.length, maxLength: all.length }).map(other => [all, other] as const),
    )
    assert(
      property(shuffled, ([all, other]) => {
        const { evidence: a, ...one } = judge(all)
        const { evidence: b, ...two } = judge(other)
        expect(two).toEqual(one)
        expect({ ...b, rule: null }).toEqual({ ...a, rule: null })
      }),
    )
  })

  it('gets no better, and opens no later, when a vote gets worse', () => {
    assert(
      property(
        array(integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 6 }),
        integer({ min: 0, max: 5 }),
        (rungs, at) => {
          const votes = (steps: readonly number[]) => steps.flatMap(step => ladder[step] ?? [])
          const worse = rungs.map((rung, i) => (i === at ? Math.min(3, rung + 1) : rung))
          const [before, after] = [judge(votes(rungs)), judge(votes(worse))]
          expect(severity(after.state)).toBeGreaterThanOrEqual(severity(before.state))
          if (before.opens) expect(after.opens).toBe(true)
        },
      ),
    )
  })
})
