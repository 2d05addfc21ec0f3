import { describe, expect, it } from 'vitest'
import { ask } from './ask.ts'
import { type Feed, nothingYet } from './feed.ts'
import { readIncidents, readStatus } from './read.ts'

const status = {
  as_of: '2026-01-01T00:00:00.000Z',
  stale_s: 2,
  policy: 'custom',
  vantages: [],
  providers: [{ id: 'a', state: 'slow' }],
}

/** An API that gives these answers, whatever is asked. */
const api = (answer: () => Response | Promise<Response>) => ({
  fetch: (async () => answer()) as typeof fetch,
  nowMs: () => 50_000,
})
const good = () => Response.json(status)
const known: Feed = { ...nothingYet, status: readStatus(status), receivedMs: 40_000 }

describe('ask', () => {
  it('takes a good answer in', async () => {
    const feed = await ask(nothingYet, api(good))
    expect(feed).toMatchObject({ receivedMs: 50_000, failing: null, status: { policy: 'custom' } })
  })

  it.each([
    ['a 503', () => new Response('', { status: 503 }), 'it answered 503'],
    ['HTML', () => new Response('<html>'), 'its answer cannot be read'],
    ['another JSON', () => Response.json([]), 'its answer cannot be read'],
    ['a refused connection', () => Promise.reject(new TypeError('Failed to fetch')), 'it cannot be reached'],
    ['silence', () => Promise.reject(new DOMException('', 'TimeoutError')), 'no answer within 4 s'],
  ])('keeps what it knows on %s, and says why it is old', async (_, answer, why) => {
    const feed = await ask(known, api(answer))
    expect(feed).toEqual({ ...known, failing: { sinceMs: 50_000, why } })
  })

  it('remembers since when it has been failing', async () => {
    const failing = { ...known, failing: { sinceMs: 41_000, why: 'it cannot be reached' } }
    expect(
      (
        await ask(
          failing,
          api(() => new Response('', { status: 500 })),
        )
      ).failing?.sinceMs,
    ).toBe(41_000)
  })
})

describe('readStatus', () => {
  it('makes nothing of what is strange: unknown, and no numbers', () =>
    expect(
      readStatus({ vantages: [{}], providers: [{ id: 'a', state: 'splendid', uptime_24h: '99', ttft_ms: null }] }),
    ).toMatchObject({
      policy: 'default',
      providers: [{ id: 'a', name: 'a', state: 'unknown', uptime_24h: null, ttft_ms: null, endpoints: [] }],
    }))

  it('takes incidents out of their envelope, and none out of anything else', () => {
    const incident = {
      id: '1',
      provider: 'a',
      state: 'slow',
      impact: 'minor',
      scope: [{ model: null, probe: 'reachability' }],
    }
    expect(readIncidents({ incidents: [incident] })).toMatchObject([
      { ...incident, provider_name: 'a', resolved_at: null, text: null },
    ])
    expect(readIncidents({ problem: true })).toEqual([])
  })
})
