import { gunzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createSimulator, type ScenarioInput, type Simulator } from './simulator.ts'
import { type Ask, askRaw, type Seen } from './testing/raw-client.ts'

let sim: Simulator
beforeAll(async () => {
  sim = await createSimulator({ only: ['openai', 'deepseek', 'vllm'], pace: { firstTokenMs: 10, perTokenMs: 2 } })
})
afterEach(() => sim.remove())
afterAll(() => sim.close())

const prompt = 'Count from 1 to 20.'
const counted = Array.from({ length: 20 }, (_, i) => i + 1).join(', ')
const chat = (more: object = {}) => ({
  path: '/v1/chat/completions',
  headers: { authorization: 'Bearer sk-test' },
  body: { model: 'gpt-4.1-nano', stream: true, messages: [{ role: 'user', content: prompt }], ...more },
})
const at = (id = 'openai', scheme: 'http' | 'https' = 'http'): string => sim.providers[id]?.[scheme] ?? ''
const stream = (more: Partial<Ask> = {}) => askRaw(at(), { ...chat(), ...more })
const answer = (more: Partial<Ask> = {}) => askRaw(at(), { ...chat({ stream: false }), ...more })
const listing = (more: Partial<Ask> = {}) =>
  askRaw(at(), { path: '/v1/models', headers: { authorization: 'Bearer sk-test' }, ...more })

const text = (seen: Seen): string => seen.body.toString()
const chunks = (seen: Seen) =>
  [...text(seen).matchAll(/^data: (\{.*\})$/gm)].map(
    ([, json]) =>
      JSON.parse(json ?? '') as {
        choices: { delta: { content?: string }; finish_reason: string | null }[]
        error?: unknown
      },
  )
const said = (seen: Seen): string =>
  chunks(seen)
    .map(chunk => chunk.choices?.[0]?.delta.content ?? '')
    .join('')
/** Of the shapes that answers have, all that the tests look at. */
interface Loose {
  readonly choices: readonly { readonly message: { readonly content: string } }[]
  readonly data: readonly { readonly id: string; readonly embedding: readonly number[] }[]
  readonly error: { readonly code: string; readonly type: string }
}
const json = (seen: Seen): Loose => JSON.parse(text(seen))
type Unplaced = ScenarioInput extends infer S ? (S extends ScenarioInput ? Omit<S, 'provider'> : never) : never

describe('a healthy provider', () => {
  it('streams the right answer and its closing sign', async () => {
    const seen = await stream()
    expect(seen).toMatchObject({ how: 'end', status: 200 })
    expect(said(seen)).toBe(counted)
    expect(text(seen)).toMatch(/"finish_reason":"stop".*\n\ndata: \[DONE\]\n\n$/)
  })

  it('answers in one piece', async () => {
    const seen = await answer()
    expect(json(seen).choices[0]).toMatchObject({ message: { content: counted }, finish_reason: 'stop' })
    expect(seen.head).toMatch(/^content-length: \d+/im)
  })

  it('counts tokens in the stream only when it is asked to', async () => {
    expect(text(await stream())).not.toContain('usage')
    const counted = await stream({ body: chat({ stream_options: { include_usage: true } }).body })
    expect(chunks(counted).at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: 20 } })
  })

  it('stops at the limit', async () => {
    const seen = await stream({ body: chat({ max_completion_tokens: 3 }).body })
    expect(said(seen)).toBe('1, 2, 3,')
    expect(chunks(seen).at(-1)?.choices[0]?.finish_reason).toBe('length')
  })

  it('thinks aloud, or in secret and out of the same limit', async () => {
    const aloud = await askRaw(at('deepseek'), { ...chat({ model: 'deepseek-flash' }), path: '/chat/completions' })
    expect(text(aloud)).toMatch(/^: keep-alive\n/)
    expect(text(aloud).indexOf('reasoning_content')).toBeLessThan(text(aloud).indexOf('"content":"1,"'))
    const secret = await stream({ body: chat({ model: 'gpt-5-nano', max_completion_tokens: 10 }).body })
    expect(said(secret)).toBe('')
    expect(chunks(secret).at(-1)?.choices[0]?.finish_reason).toBe('length')
  })

  it('lists its models, embeds, and checks keys, models, paths and bodies', async () => {
    expect(json(await listing()).data.map(model => model.id)).toContain('gpt-4.1-nano')
    const embedded = await askRaw(at(), {
      ...chat(),
      path: '/v1/embeddings',
      body: { model: 'text-embedding-3-small', input: ['a', 'b'] },
    })
    expect(json(embedded).data.map(row => row.embedding.length)).toEqual([16, 16])
    expect(await listing({ headers: {} })).toMatchObject({ status: 401 })
    expect(json(await listing({ headers: { authorization: 'Bearer sk-wrong' } })).error.code).toBe('invalid_api_key')
    expect(json(await stream({ body: chat({ model: 'gpt-9' }).body })).error.code).toBe('model_not_found')
    expect(await listing({ path: '/v2/models' })).toMatchObject({ status: 404 })
    expect(await stream({ body: '{"model"' })).toMatchObject({ status: 400 })
    expect(json(await stream({ body: chat({ model: 'gpt-5-nano', max_tokens: 9 }).body })).error.code).toBe(
      'unsupported_parameter',
    )
  })

  it('shows a certificate that its authority vouches for', async () => {
    const seen = await askRaw(at('openai', 'https'), { ...chat(), ca: sim.ca })
    expect(seen).toMatchObject({ how: 'end', reached: 'secured', status: 200 })
    expect(said(seen)).toBe(counted)
  })
})

describe('a scenario', () => {
  const set = (scenario: Unplaced) => sim.put({ provider: 'openai', ...scenario } as ScenarioInput)

  it('slow takes its time, with a listing too', async () => {
    await set({ do: 'slow', args: { first_token_ms: 120, per_token_ms: 1 } })
    const startUs = Number(process.hrtime.bigint() / 1000n)
    const seen = await stream()
    const first = seen.arrivals.find(({ text }) => text.includes('"content":"1,"'))
    expect((first?.tUs ?? 0) - startUs).toBeGreaterThan(115_000)
    expect(said(seen)).toBe(counted)
    const listedUs = Number(process.hrtime.bigint() / 1000n)
    expect(((await listing()).arrivals[0]?.tUs ?? 0) - listedUs).toBeGreaterThan(115_000)
  })

  it('stall says some tokens and then nothing, and does not close', async () => {
    await set({ do: 'stall', args: { after_tokens: 5 } })
    const seen = await stream({ quietMs: 150 })
    expect([seen.how, said(seen)]).toEqual(['quiet', '1, 2, 3, 4, 5,'])
    expect(await answer({ quietMs: 150 })).toMatchObject({ how: 'quiet', status: 200 })
  })

  it('truncate ends in good order without a closing sign', async () => {
    await set({ do: 'truncate', args: { after_tokens: 2 } })
    const seen = await stream()
    expect([seen.how, said(seen)]).toEqual(['end', '1, 2,'])
    expect(text(seen)).not.toContain('[DONE]')
  })

  it('truncate halves a body that comes in one piece', async () => {
    await set({ do: 'truncate' })
    const seen = await answer()
    expect(seen.how).toBe('end')
    expect(() => json(seen)).toThrow()
  })

  it('cut resets the connection', async () => {
    await set({ do: 'cut', args: { after_tokens: 2 } })
    const seen = await stream()
    expect(seen.how).toBe('ECONNRESET')
    const secured = await askRaw(at('openai', 'https'), { ...chat(), ca: sim.ca })
    expect(secured).toMatchObject({ how: 'ECONNRESET', reached: 'secured' })
    expect((await listing()).how).toBe('ECONNRESET')
  })

  it('error_midstream brings the error after some tokens, with the status long gone', async () => {
    await set({ do: 'error_midstream', args: { after_tokens: 2, error: 'overloaded' } })
    const seen = await stream()
    expect([seen.status, said(seen)]).toEqual([200, '1, 2,'])
    expect(chunks(seen).at(-1)?.error).toMatchObject({ code: 'server_is_overloaded' })
    expect(await answer()).toMatchObject({ status: 503 })
  })

  it('status answers everything with that status and the documented body', async () => {
    await set({ do: 'status', args: { code: 429 } })
    const seen = await stream()
    expect([seen.status, json(seen).error.code]).toEqual([429, 'rate_limit_exceeded'])
    expect(seen.head).toMatch(/^retry-after: 7$/m)
    expect((await listing()).status).toBe(429)
    await set({ do: 'status', args: { error: 'insufficient_quota' } })
    expect(json(await stream()).error.code).toBe('insufficient_quota')
    await set({ do: 'status', args: { code: 502 } })
    expect((await stream()).head).toMatch(/^content-type: text\/html$/m)
    await set({ do: 'status', args: { code: 418, body: { tea: true } } })
    expect(json(await stream())).toEqual({ tea: true })
  })

  it('error_body_200 is an error that calls itself a success', async () => {
    await set({ do: 'error_body_200' })
    const seen = await stream()
    expect([seen.status, json(seen).error.type]).toEqual([200, 'server_error'])
    await set({ do: 'error_body_200', args: { body: 'service unavailable' } })
    expect(text(await answer())).toBe('service unavailable')
  })

  it('empty is complete and says nothing', async () => {
    await set({ do: 'empty' })
    const seen = await stream()
    expect(said(seen)).toBe('')
    expect(text(seen)).toContain('[DONE]')
    expect(json(await answer()).choices[0]?.message.content).toBe('')
  })

  it('wrong_answer is complete and wrong', async () => {
    await set({ do: 'wrong_answer' })
    const body = chat({ messages: [{ role: 'user', content: 'What is 17 × 23?' }] }).body
    expect(said(await stream({ body }))).toBe('392')
  })

  it('redirect points elsewhere', async () => {
    await set({ do: 'redirect', args: { status: 307, to: 'http://127.0.0.1:1/' } })
    expect((await stream()).head).toMatch(/^HTTP\/1.1 307[\s\S]*^location: http:\/\/127.0.0.1:1\/$/m)
  })

  it('hang_accept lets nobody connect, and lets everybody in again', { timeout: 20_000 }, async () => {
    await set({ do: 'hang_accept' })
    expect(await stream({ quietMs: 300 })).toMatchObject({ how: 'quiet', reached: 'nothing' })
    expect(await askRaw(at('openai', 'https'), { ...chat(), quietMs: 300 })).toMatchObject({ reached: 'nothing' })
    await sim.remove({ provider: 'openai' })
    expect(said(await stream())).toBe(counted)
  })

  it('hang_tls connects and never shakes hands', async () => {
    await set({ do: 'hang_tls' })
    expect(await askRaw(at('openai', 'https'), { ...chat(), ca: sim.ca, quietMs: 200 })).toMatchObject({
      how: 'quiet',
      reached: 'connected',
    })
    expect(said(await stream())).toBe(counted)
  })

  it('hang_first_byte takes the question and says nothing', async () => {
    await set({ do: 'hang_first_byte' })
    expect(await stream({ quietMs: 200 })).toMatchObject({ how: 'quiet', reached: 'connected', head: '' })
  })

  it('garbage is a 200 that nobody can read', async () => {
    await set({ do: 'garbage' })
    const seen = await stream()
    expect([seen.status, chunks(seen)]).toEqual([200, []])
    expect(() => new TextDecoder('utf-8', { fatal: true }).decode(seen.body)).toThrow()
  })

  it('endless never comes to an end', async () => {
    await set({ do: 'endless' })
    const seen = await stream({ atMostBytes: 60_000 })
    expect(seen.how).toBe('enough')
    expect(text(seen)).not.toMatch(/"finish_reason":"|DONE/)
    expect((await answer({ atMostBytes: 20_000 })).how).toBe('enough')
  })

  it('bomb is small on the wire and a gibibyte beside it', async () => {
    await set({ do: 'bomb' })
    const seen = await answer({ atMostBytes: 5000 })
    expect(seen.head).toMatch(/^content-encoding: gzip$/m)
    const member = seen.body.subarray(0, seen.body.lastIndexOf(Buffer.from([0x1f, 0x8b, 8])))
    expect(gunzipSync(member).length).toBeGreaterThan(200 * member.length)
  })

  it('drip brings the same bytes a few at a time', async () => {
    const whole = await answer()
    await set({ do: 'drip', args: { bytes: 50, every_ms: 1 } })
    const seen = await answer()
    expect(text(seen).replaceAll(/sim-openai-\d+/g, '')).toBe(text(whole).replaceAll(/sim-openai-\d+/g, ''))
    expect(seen.arrivals.length).toBeGreaterThan(3)
  })

  it('reorder changes the order of all but the tokens', async () => {
    await set({ do: 'reorder' })
    const seen = await stream()
    expect(said(seen)).toBe(counted)
    expect(text(seen).indexOf('"role":"assistant"')).toBeGreaterThan(text(seen).indexOf('"content":"1,"'))
    expect(text(seen)).toMatch(/\[DONE\]\n\n$/)
  })

  it('bad_certificate shows one that has expired', async () => {
    await set({ do: 'bad_certificate' })
    expect(await askRaw(at('openai', 'https'), { ...chat(), ca: sim.ca })).toMatchObject({ how: 'CERT_HAS_EXPIRED' })
  })

  it('of one model leaves the others and the listing alone', async () => {
    await set({ model: 'gpt-4.1-nano', do: 'status', args: { code: 500 } })
    expect((await stream()).status).toBe(500)
    expect((await stream({ body: chat({ model: 'gpt-4o-mini' }).body })).status).toBe(200)
    expect((await listing()).status).toBe(200)
  })

  it('with a share leaves the rest healthy', async () => {
    await set({ share: 0.5, do: 'status', args: { code: 500 } })
    const statuses = await Promise.all(Array.from({ length: 40 }, () => listing().then(seen => seen.status)))
    const failed = statuses.filter(status => status === 500).length
    expect(failed).toBeGreaterThan(8)
    expect(failed).toBeLessThan(32)
  })
})

describe('the log', () => {
  it('has every write with its time, before the client can have seen it', async () => {
    const before = sim.log().at(-1)?.t_us ?? -1
    const seen = await askRaw(at('openai', 'https'), { ...chat(), ca: sim.ca })
    const mine = sim.log(before)
    const conn = mine.find(entry => entry.event === 'accept' && entry.port === seen.localPort)?.conn
    const events = mine.filter(entry => entry.conn === conn)
    expect(events.map(entry => entry.event)).toEqual([
      'accept',
      'request',
      ...Array(1 + 20 + 1 + 1).fill('write'),
      'end',
    ])
    expect(events.find(entry => entry.event === 'request')).toMatchObject({ provider: 'openai', model: 'gpt-4.1-nano' })
    const first = events.find(entry => entry.token === 1)
    const arrived = seen.arrivals.find(({ text }) => text.includes('"content":"1,"'))
    expect(arrived?.tUs).toBeGreaterThanOrEqual(first?.t_us ?? Number.POSITIVE_INFINITY)
    expect((arrived?.tUs ?? 0) - (first?.t_us ?? 0)).toBeLessThan(50_000)
    expect(events.filter(entry => entry.event === 'write').reduce((sum, entry) => sum + entry.bytes, 0)).toBe(
      seen.body.length,
    )
  })

  it('outlives clients that go away in the middle', async () => {
    await sim.put({ provider: 'openai', do: 'endless' })
    await Promise.all(Array.from({ length: 20 }, (_, n) => stream({ atMostBytes: 300 * n })))
    await sim.remove()
    expect(said(await stream())).toBe(counted)
  })
})
