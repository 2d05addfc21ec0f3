import { gunzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createSimulator, type ScenarioInput, type Simulator } from './simulator.ts'
import { asking, chat, chunks, counted, json, said, text } from './testing/openai-client.ts'
import { askRaw } from './testing/raw-client.ts'

let sim: Simulator
beforeAll(async () => {
  sim = await createSimulator({ only: ['openai'], pace: { firstTokenMs: 10, perTokenMs: 2 } })
})
afterEach(() => sim.remove())
afterAll(() => sim.close())

const { at, stream, answer, listing, secured } = asking(() => sim)

type Unplaced = ScenarioInput extends infer S ? (S extends ScenarioInput ? Omit<S, 'provider'> : never) : never

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
    const overTls = await secured()
    expect(overTls).toMatchObject({ how: 'ECONNRESET', reached: 'secured' })
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
    await set({ do: 'drip', args: { bytes: 50, every_ms: 10 } })
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
    expect(await secured()).toMatchObject({ how: 'CERT_HAS_EXPIRED' })
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
