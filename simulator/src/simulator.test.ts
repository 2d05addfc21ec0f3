import { connect } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { createSimulator, type Simulator } from './simulator.ts'
import { asking, chat, chunks, counted, json, said, text } from './testing/openai-client.ts'
import { askRaw } from './testing/raw-client.ts'

let sim: Simulator
beforeAll(async () => {
  sim = await createSimulator({ only: ['openai', 'deepseek'], pace: { firstTokenMs: 10, perTokenMs: 2 } })
})
afterEach(() => sim.remove())
afterAll(() => sim.close())

const { at, stream, answer, listing, secured } = asking(() => sim)

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
    const seen = await secured()
    expect(seen).toMatchObject({ how: 'end', reached: 'secured', status: 200 })
    expect(said(seen)).toBe(counted)
  })
})

describe('the log', () => {
  it('has every write with its time, before the client can have seen it', async () => {
    const before = sim.log().at(-1)?.t_us ?? -1
    const seen = await secured()
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

describe('a client that is none', () => {
  const send = (origin: string, bytes: string) =>
    new Promise<void>(resolve => {
      const { hostname, port } = new URL(origin)
      const socket = connect(Number(port), hostname, () => socket.write(bytes, () => socket.resetAndDestroy()))
      socket.on('error', () => {}).once('close', () => resolve())
    })

  it.each([
    ['noise', '\u0000\u0001\u00ff\n\n\n'],
    ['half a request', 'POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: 900\r\n\r\n{"model":'],
    ['a strange target', 'GET http://%%% HTTP/1.1\r\nhost: x\r\n\r\n'],
    ['nothing', ''],
  ])('does no harm with %s, on any port', async (_, bytes) => {
    for (const origin of [at(), at('openai', 'https'), sim.control.origin]) await send(origin, bytes)
    expect(said(await secured())).toBe(counted)
    expect((await fetch(new URL('/_sim/providers', sim.control))).status).toBe(200)
  })
})

describe('a simulator whose port is taken', () => {
  const listening = () => process.getActiveResourcesInfo().filter(kind => kind === 'TCPServerWrap').length

  it('says which, and keeps none of the others', async () => {
    const taken = Number(new URL(at('openai', 'https')).port)
    const before = listening()
    await expect(createSimulator({ only: ['openai'], controlPort: taken })).rejects.toMatchObject({
      code: 'port_taken',
      message: `another program listens on 127.0.0.1:${taken}`,
    })
    await vi.waitFor(() => expect(listening()).toBe(before))
  })
})
