import { array, assert, integer, property, shuffledSubarray, tuple } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defaultPolicy } from './policy.ts'
import { judgeProvider } from './provider.ts'
import { type State, severity } from './state.ts'
import { endpointOf, t0, verdictOf } from './testing/samples.ts'
import type { EndpointVerdict } from './verdict.ts'

const judge = (endpoints: readonly EndpointVerdict[]) => judgeProvider('openai', endpoints, defaultPolicy)
const chat = (state: State, id = 1) =>
  verdictOf(state, { endpoint: { ...endpointOf('chat', id), model: `model-${id}` } })
const reach = (state: State) => verdictOf(state, { endpoint: endpointOf('reachability', 50) })
const embeddings = (state: State) => verdictOf(state, { endpoint: endpointOf('embeddings', 60) })

describe('a provider', () => {
  it('is out when all of its chat endpoints are, though its listing answers', () => {
    expect(judge([chat('outage', 1), chat('outage', 2), reach('operational')]).state).toBe('outage')
  })

  it('is partly out when some of them are', () => {
    expect(judge([chat('outage', 1), chat('operational', 2), reach('operational')]).state).toBe('partial_outage')
  })

  it('is degraded when its listing is out while chat answers', () => {
    expect(judge([chat('operational'), reach('outage')])).toMatchObject({ state: 'degraded', reason: 'timeout' })
  })

  it('is partly out when something beside chat is', () => {
    expect(judge([chat('operational'), embeddings('outage')]).state).toBe('partial_outage')
  })

  it('is what its listing is where no chat can be judged', () => {
    expect(judge([chat('unknown'), reach('outage')]).state).toBe('outage')
    expect(judge([chat('throttled'), reach('operational')]).state).toBe('operational')
  })

  it('is otherwise the worst of them', () => {
    expect(judge([chat('degraded', 1), chat('slow', 2), reach('operational')]).state).toBe('degraded')
  })

  it('is unknown where nothing is known, and says that the account is the reason', () => {
    expect(judge([chat('throttled'), reach('unknown')])).toMatchObject({
      state: 'unknown',
      reason: 'rate_limited',
      blame: 'account',
    })
    expect(judge([])).toMatchObject({ state: 'unknown', reason: 'never_measured' })
  })

  it('has been failing since its first part failed, and well since its last part was', () => {
    const early = { ...chat('degraded', 1), sinceMs: t0 - 5_000 }
    expect(judge([early, chat('degraded', 2)]).sinceMs).toBe(t0 - 5_000)
    expect(judge([{ ...chat('operational', 1), sinceMs: t0 - 5_000 }, chat('operational', 2)]).sinceMs).toBe(t0)
  })
})

describe('an incident of a provider', () => {
  it('opens on three failures, wherever they were seen', () => {
    const two = { ...chat('degraded'), failures: 2 }
    expect(judge([two, reach('operational')]).opens).toBe(false)
    expect(judge([two, { ...reach('degraded'), failures: 1, opens: false }]).opens).toBe(true)
    expect(judge([{ ...chat('degraded'), failures: 3 }]).opens).toBe(true)
  })

  it('needs one more failure for each three that were well between them', () => {
    const opens = (failures: number, passes: number) => judge([{ ...chat('degraded'), failures, passes }]).opens
    expect([opens(3, 0), opens(3, 1), opens(4, 3), opens(4, 4), opens(6, 9)]).toEqual([true, false, true, false, true])
  })

  it('opens on a slow endpoint without any failure', () => {
    expect(judge([chat('slow')]).opens).toBe(true)
    expect(judge([{ ...chat('slow'), opens: false }]).opens).toBe(false)
  })

  it('is critical when half of the votes on its chat endpoints failed three times in a row', () => {
    expect(judge([chat('degraded', 1), chat('operational', 2)]).critical).toBe(true)
    expect(judge([chat('degraded', 1), chat('operational', 2), chat('operational', 3)]).critical).toBe(false)
    expect(judge([chat('operational'), reach('outage')]).critical).toBe(false)
  })
})

describe('every provider verdict', () => {
  const ladder: readonly State[] = ['operational', 'slow', 'degraded', 'partial_outage', 'outage']
  const build = ([chats, others]: readonly [readonly number[], readonly number[]]) => [
    ...chats.map((rung, i) => chat(ladder[rung] ?? 'unknown', i)),
    ...others.map((rung, i) => (i === 0 ? reach(ladder[rung] ?? 'unknown') : embeddings(ladder[rung] ?? 'unknown'))),
  ]
  const rungs = (maxLength: number) => array(integer({ min: 0, max: 4 }), { maxLength })

  it('gets no better when an endpoint gets worse', () => {
    assert(
      property(tuple(rungs(4), rungs(2)), integer({ min: 0, max: 5 }), ([chats, others], at) => {
        const up = (list: readonly number[], from: number) =>
          list.map((rung, i) => (i + from === at ? Math.min(4, rung + 1) : rung))
        const before = judge(build([chats, others]))
        const after = judge(build([up(chats, 0), up(others, chats.length)]))
        expect(severity(after.state)).toBeGreaterThanOrEqual(severity(before.state))
      }),
    )
  })

  it('is the same whatever the order of the endpoints', () => {
    const shuffled = tuple(rungs(4), rungs(2))
      .map(build)
      .chain(all =>
        shuffledSubarray(all, { minLength: all.length, maxLength: all.length }).map(other => [all, other] as const),
      )
    assert(
      property(shuffled, ([all, other]) => {
        expect(judge(other)).toEqual(judge(all))
      }),
    )
  })
})
