import { connect } from 'node:net'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { LedgerLine } from '@llmstatus/shared/ledger'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { keptOnEachEngine } from '../../../test/postgres.ts'
import { startMs } from '../../test/test-app.ts'
import { History } from './history/schema.ts'
import { schemas } from './routes.ts'
import { buildWorld, type World } from './testing/world.ts'

/**
 * The contract (DESIGN 4.6) from outside: what somebody sees who knows the addresses and nothing of what is behind them.
 * Every example in /openapi.json is asked here, and answered with what stands there.
 */
interface Described {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>
}
interface Media {
  readonly schema?: { readonly $ref: string }
}
interface DescribedOperation {
  readonly operationId: string
  readonly 'x-example-request'?: string
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, Media>> }>>
}

keptOnEachEngine('the contract', database => {
  let world: World
  beforeAll(async () => {
    world = await buildWorld(database.store().db)
  }, 120_000)
  afterAll(() => world.app.close())

  const ask = (url: string, headers: Readonly<Record<string, string>> = {}) =>
    world.app.inject({ url, headers: { host: '127.0.0.1:8420', ...headers } })
  const json = async (url: string) => {
    const response = await ask(url)
    expect([url, response.statusCode, response.headers['content-type']]).toEqual([
      url,
      200,
      'application/json; charset=utf-8',
    ])
    return response.json()
  }
  const problem = async (url: string) => {
    const response = await ask(url)
    expect(response.headers['content-type']).toBe('application/problem+json')
    const body = response.json()
    expect(body).toMatchObject({ status: response.statusCode, type: `urn:llmstatus:problem:${body.code}` })
    return body
  }

  describe('/openapi.json', () => {
    it('has for each route that says how it is asked the very answer that is given', async () => {
      const { paths } = (await json('/openapi.json')) as Described
      const asked = Object.values(paths).flatMap(({ get }) => (get?.['x-example-request'] === undefined ? [] : [get]))
      expect(asked.length).toBeGreaterThan(5)
      const answers: Record<string, unknown> = {}
      for (const { operationId, responses, 'x-example-request': url = '' } of asked) {
        const response = await ask(url)
        expect([url, response.statusCode]).toEqual([url, 200])
        const [[type, { schema }]] = Object.entries(responses['200']?.content ?? {}) as [[string, Media]]
        expect([url, String(response.headers['content-type'])]).toEqual([url, expect.stringContaining(type)])
        answers[operationId] = type.endsWith('json') ? response.json() : response.body
        if (schema !== undefined) schemaOf(schema.$ref).parse(answers[operationId])
      }
      // what our classifier is called changes with it, and nothing else here does
      const text = JSON.stringify(answers, null, 1).replaceAll(/"classifier": \d+/g, '"classifier": 1')
      await expect(`${text}\n`).toMatchFileSnapshot('./examples.json')
    })
  })

  describe('GET /api/v1/providers/{id}/history', () => {
    it.each(['24h', '7d', '30d', '90d'])(
      'of %s has every step from its first to now, measured or not',
      async window => {
        for (const metric of ['uptime', 'ttft', 'total', 'tps', 'errors', 'cost']) {
          const history = await json(`/api/v1/providers/openai/history?window=${window}&metric=${metric}`)
          History.parse(history)
          const times = history.points.map((point: { at: string }) => Date.parse(point.at))
          for (const [n, at] of times.entries()) expect(at).toBe(times[0] + n * history.step_s * 1000)
          expect(times.at(-1)).toBeLessThanOrEqual(startMs)
          expect(times.at(-1) + history.step_s * 1000).toBeGreaterThan(startMs)
          expect(times.length * history.step_s).toBe(Number.parseInt(window, 10) * (window === '24h' ? 3_600 : 86_400))
          expect(history.points[0]).toMatchObject({ value: null, coverage: null, n: 0 })
          expect(history.points.some((point: { value: number | null }) => point.value !== null)).toBe(true)
        }
      },
    )

    it('merges what two vantages saw, and averages nothing', async () => {
      const { total } = await json('/api/v1/providers/openai/history?window=24h&metric=ttft')
      // 60 minutes from each of two, 240 to 348 ms in steps of 12
      expect(total.n).toBe(120)
      expect(total.p50).toBeGreaterThan(290)
      expect(total.p50).toBeLessThan(306)
      expect(total.p99).toBeGreaterThan(340)
      expect(total.p99).toBeLessThanOrEqual(348)
    })

    it('counts what failed, and what it cost', async () => {
      const of = async (metric: string) => (await json(`/api/v1/providers/anthropic/history?metric=${metric}`)).total
      expect(await of('uptime')).toMatchObject({ value: 0.9, n: 120, coverage: 1 })
      expect(await of('errors')).toMatchObject({ value: 0.1 })
      expect((await of('cost')).value).toBeCloseTo(108 * 0.00002, 9)
    })

    it('of an account that is throttled is not measured: neither up nor down', async () => {
      expect((await json('/api/v1/providers/groq/history?metric=uptime')).total).toMatchObject({
        value: null,
        coverage: 0,
      })
    })

    it('is empty for a provider nobody measures, and not there for one that nobody knows', async () => {
      expect((await json('/api/v1/providers/mistral/history')).total).toMatchObject({ value: null, coverage: null })
      expect(await problem('/api/v1/providers/nobody/history')).toMatchObject({ code: 'not_found', status: 404 })
      expect(await problem('/api/v1/providers/openai/history?window=1y')).toMatchObject({
        status: 400,
        field: 'window',
      })
    })
  })

  describe('GET /api/v1/verdict', () => {
    it('names the best of several, each with its reason and whose problem it is', async () => {
      const verdict = await json(
        '/api/v1/verdict?model=anthropic/claude-haiku-4-5&model=groq/llama-3.1-8b-instant&model=openai/gpt-4.1-nano',
      )
      expect(verdict).toMatchObject({ usable: true, best: 'openai/gpt-4.1-nano' })
      expect(
        verdict.verdicts.map((one: Record<string, unknown>) => [one.model, one.usable, one.state, one.blame]),
      ).toEqual([
        ['anthropic/claude-haiku-4-5', false, 'outage', 'provider'],
        ['groq/llama-3.1-8b-instant', false, 'throttled', 'account'],
        ['openai/gpt-4.1-nano', true, 'operational', null],
      ])
    })

    it('takes a bare id where one provider alone has it', async () => {
      const { verdicts } = await json('/api/v1/verdict?model=claude-haiku-4-5')
      expect(verdicts).toMatchObject([{ model: 'anthropic/claude-haiku-4-5' }])
      const slashed = await json('/api/v1/verdict?model=meta-llama%2Fllama-3.1-8b')
      expect(slashed).toMatchObject({ best: 'lab/meta-llama/llama-3.1-8b', usable: true })
    })

    it('does not know what nobody measures', async () => {
      expect(await json('/api/v1/verdict?model=mistral/ministral-3b')).toMatchObject({
        usable: null,
        best: null,
        verdicts: [{ usable: null, state: 'unknown', reason: 'never_measured' }],
      })
    })

    it('says which name was probably meant', async () => {
      expect(await problem('/api/v1/verdict?model=openai/gpt-4.1-nan')).toMatchObject({
        status: 404,
        code: 'unknown_model',
        model: 'openai/gpt-4.1-nan',
        hint: 'did you mean "openai/gpt-4.1-nano"?',
      })
      expect(await problem('/api/v1/verdict?model=zzzzzzzzzz')).toMatchObject({ code: 'unknown_model', hint: null })
      expect(await problem('/api/v1/verdict')).toMatchObject({ status: 400, field: 'model' })
      expect(await problem('/api/v1/models/openai/gpt-4.1-nan')).toMatchObject({ status: 404, code: 'unknown_model' })
    })
  })

  describe('GET /api/v1/models', () => {
    it('finds by any part of a name, and one by its id with its slashes', async () => {
      const ids = async (q: string) => (await json(`/api/v1/models?q=${q}`)).models.map((one: { id: string }) => one.id)
      expect(await ids('NANO')).toEqual(['groq/gpt-4.1-nano', 'openai/gpt-4.1-nano', 'openai/gpt-5-nano'])
      expect(await ids('openai%20nano')).toEqual(['openai/gpt-4.1-nano', 'openai/gpt-5-nano'])
      expect(await ids('nothing')).toEqual([])
      expect((await json('/api/v1/models/lab/meta-llama/llama-3.1-8b')).model).toBe('meta-llama/llama-3.1-8b')
      expect((await json('/api/v1/models/lab/meta-llama%2Fllama-3.1-8b')).model).toBe('meta-llama/llama-3.1-8b')
    })

    it('says what a model can do and what it costs', async () => {
      expect(await json('/api/v1/models/openai/text-embedding-3-small')).toMatchObject({
        capabilities: { chat: false, embeddings: true, streaming: false },
      })
      expect(await json('/api/v1/models/openai/gpt-5-nano')).toMatchObject({
        price: null,
        capabilities: { chat: true, reasoning: true, min_output_tokens: 512 },
      })
    })
  })

  describe('GET /api/v1/benchmarks', () => {
    it('has a row for each model, question and vantage, with its own percentiles and what a token costs', async () => {
      const { rows } = await json('/api/v1/benchmarks?provider=openai')
      expect(rows.map((row: { vantage: string }) => row.vantage)).toEqual(['eu-1', 'us-1'])
      expect(rows[0]).toMatchObject({ id: 'openai/gpt-4.1-nano', probe: 'chat', coverage: 1 })
      expect(rows[0].ttft_ms.n).toBe(60)
      // 40 tokens after the first in half a second
      expect(rows[0].ms_per_output_token.p50).toBeCloseTo(12.5, 0)
      expect(rows[0].usd_per_1k_output_tokens).toBeCloseTo((0.00002 / 41) * 1000, 6)
      expect((await json('/api/v1/benchmarks?model=claude-haiku-4-5&window=24h')).rows).toHaveLength(2)
    })
  })

  describe('GET /api/v1/results', () => {
    const walk = async (query: string): Promise<readonly { id: string; slot: string }[]> => {
      const seen: { id: string; slot: string }[] = []
      for (let cursor: string | null = ''; cursor !== null; ) {
        const at = cursor === '' ? '' : `&cursor=${cursor}`
        const page: { results: { id: string; slot: string }[]; next_cursor: string | null } = await json(
          `/api/v1/results?${query}${at}`,
        )
        seen.push(...page.results)
        cursor = page.next_cursor
      }
      return seen
    }

    it('gives each result once, newest first, whatever the size of a page', async () => {
      const all = await walk('limit=1000')
      expect(all).toHaveLength(2 * 60 * 5)
      expect(new Set(all.map(one => one.id)).size).toBe(all.length)
      expect(all.map(one => one.slot)).toEqual(
        all
          .map(one => one.slot)
          .toSorted()
          .reverse(),
      )
      expect(await walk('limit=77')).toEqual(all)
    })

    it('filters, and says by a link where it goes on', async () => {
      const url = '/api/v1/results?outcome=rate_limited&vantage=us-1&from=2026-11-20T11:30:00Z&limit=7'
      const { headers, ...page } = await ask(url)
      const { results } = page.json()
      expect(results).toHaveLength(7)
      for (const one of results)
        expect(one).toMatchObject({ outcome: 'rate_limited', vantage: 'us-1', provider: 'groq' })
      const next = /^<(.+)>; rel="next"$/.exec(String(headers.link))?.[1] ?? ''
      expect((await json(next)).results[0].slot < results[6].slot).toBe(true)
      expect(await walk('outcome=rate_limited&vantage=us-1&from=2026-11-20T11:30:00Z&limit=7')).toHaveLength(30)
      expect(await problem('/api/v1/results?cursor=abc')).toMatchObject({ status: 400, field: 'cursor' })
      expect(await problem('/api/v1/results?limit=1001')).toMatchObject({ status: 400, field: 'limit' })
    })

    it('as CSV is all of them, and no cell is a formula', async () => {
      const { body, headers } = await ask('/api/v1/results', { accept: 'text/csv' })
      expect(headers['content-type']).toContain('text/csv')
      const lines = body.trimEnd().split('\r\n')
      expect(lines).toHaveLength(1 + 600)
      expect(lines[0]).toMatch(/^id,vantage,slot,/)
      expect(lines.every(line => line.split(',').every(cell => !/^[=+\-@\t]/.test(cell)))).toBe(true)
      const some = await ask('/api/v1/results?format=csv&limit=3', { 'accept-encoding': 'gzip' })
      expect(gunzipSync(some.rawPayload).toString()).toBe(`${lines.slice(0, 4).join('\r\n')}\r\n`)
    })
  })

  describe('GET /api/v1/ledger/{prober}', () => {
    it('is the chain as it was signed, by name or id, and holds when it is verified', async () => {
      const { body, headers } = await ask('/api/v1/ledger/eu-1')
      expect(headers['content-type']).toBe('application/x-ndjson')
      const lines = body.trimEnd().split('\n')
      expect(lines).toHaveLength(world.probers[0]?.head().seq ?? 0)
      for (const line of lines) LedgerLine.parse(JSON.parse(line))
      expect((await ask(`/api/v1/ledger/${world.probers[0]?.id}`)).body).toBe(body)
      expect(await problem('/api/v1/ledger/nobody')).toMatchObject({ status: 404 })
    })
  })

  describe('/api/v2, the Statuspage shape', () => {
    it('has our words in theirs', async () => {
      const { page, status, components, incidents } = await json('/api/v2/summary.json')
      expect(status).toEqual({ indicator: 'major', description: expect.stringContaining('Anthropic is out') })
      expect(components.map((one: Record<string, unknown>) => [one.id, one.status, one.description])).toEqual([
        ['anthropic', 'major_outage', expect.stringMatching(/^Outage: /)],
        ['groq', 'operational', expect.stringMatching(/^Unknown: /)],
        ['lab', 'operational', null],
        ['openai', 'operational', null],
      ])
      expect(incidents).toMatchObject([{ name: 'Anthropic: outage', impact: 'critical', resolved_at: null }])
      expect(incidents[0].incident_updates.at(-1)).toMatchObject({ status: 'investigating' })
      expect(incidents[0].components).toMatchObject([{ id: 'anthropic' }])
      expect(await json('/api/v2/status.json')).toEqual({ page, status })
      expect(await json('/api/v2/components.json')).toEqual({ page, components })
      expect((await json('/api/v2/incidents.json')).incidents).toEqual(incidents)
      expect(await json('/api/v2/scheduled-maintenances.json')).toEqual({ page, scheduled_maintenances: [] })
    })
  })

  describe('/badge/{provider}.svg', () => {
    it.each(['state', 'uptime', 'ttft'])('with %s is an SVG that loads nothing and runs nothing', async metric => {
      const { statusCode, headers, body } = await ask(`/badge/openai.svg?metric=${metric}`)
      expect([statusCode, headers['content-type']]).toEqual([200, 'image/svg+xml; charset=utf-8'])
      expect(headers['content-security-policy']).toBe("default-src 'none'")
      expect(body).toMatch(
        /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" width="\d+" height="20" role="img" aria-label="OpenAI/,
      )
      expect(body.match(/(?:href|src|style|script|url\((?!#r\)))/)).toBeNull()
    })

    it('is there for what a file names, and for nobody’s own server', async () => {
      expect((await ask('/badge/mistral.svg')).body).toContain('not measured')
      for (const id of ['lab', 'nobody', '..%2fopenai', '%3Cscript%3E'])
        expect(await problem(`/badge/${id}.svg`)).toMatchObject({ status: 404 })
      expect(await problem('/badge/openai.svg?metric=money')).toMatchObject({ status: 400, field: 'metric' })
    })
  })

  describe('feeds', () => {
    it.each([
      ['/feed.xml', 'application/rss+xml', '<item>', 1],
      ['/feed/anthropic.xml', 'application/rss+xml', '<item>', 1],
      ['/feed/openai.xml', 'application/rss+xml', '<item>', 0],
      ['/feed.xml?format=atom', 'application/atom+xml', '<entry>', 1],
      ['/feed/anthropic.xml?format=atom', 'application/atom+xml', '<entry>', 1],
    ])('%s', async (url, type, entry, count) => {
      const { headers, body } = await ask(url)
      expect(headers['content-type']).toContain(type)
      expect(body.split(entry)).toHaveLength(count + 1)
      expect(body).toContain(`http://127.0.0.1:8420${url.split('?')[0]}`)
      expect((await ask(url, { 'if-none-match': String(headers.etag) })).statusCode).toBe(304)
    })

    it('are there for what a file names', async () => {
      expect(await problem('/feed/lab.xml')).toMatchObject({ status: 404 })
      expect(await problem('/feed.xml?format=json')).toMatchObject({ status: 400, field: 'format' })
    })
  })

  describe('/llms.txt', () => {
    it('says how things are and where to ask', async () => {
      const { headers, body } = await ask('/llms.txt')
      expect(headers['content-type']).toBe('text/plain; charset=utf-8')
      expect(body).toContain('- Anthropic (`anthropic`): Outage')
      for (const [, url = ''] of body.matchAll(/\]\((http[^)]+)\)/g)) {
        const { statusCode } = await ask(url)
        expect([url, [200, 400].includes(statusCode)]).toEqual([url, true])
      }
    })
  })

  describe('/metrics', () => {
    it('is what Prometheus reads: a help and a type each, histograms that add up, one prefix, base units', async () => {
      const { headers, body } = await ask('/metrics')
      expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8')
      const lines = body.trimEnd().split('\n')
      const types = new Map(
        lines.filter(line => line.startsWith('# TYPE ')).map(line => line.split(' ').slice(2) as [string, string]),
      )
      const samples = lines.filter(line => !line.startsWith('#'))
      expect(new Set(samples.map(line => line.replace(/ [^ ]+$/, ''))).size).toBe(samples.length)
      for (const line of samples) {
        const [, name = '', suffix = ''] = /^(llmstatus_[a-z0-9_]+?)(_bucket|_sum|_count)?[{ ]/.exec(line) ?? []
        const type = types.get(name)
        expect([line, type]).toEqual([line, suffix === '' ? expect.stringMatching(/^(gauge|counter)$/) : 'histogram'])
        if (type === 'counter') expect(name).toMatch(/_total$/)
        expect(name).not.toMatch(/_ms|milli|_us$/)
        expect(line).toMatch(/ (-?\d+(\.\d+)?(e[+-]?\d+)?|[+]Inf)$/)
      }
      const of = (start: string) =>
        samples.filter(line => line.startsWith(start)).map(line => Number(line.split(' ').at(-1)))
      expect(of('llmstatus_provider_state{provider="anthropic"')).toHaveLength(8)
      expect(of('llmstatus_provider_state{provider="anthropic",state="outage"}')).toEqual([1])
      expect(of('llmstatus_provider_state{provider="anthropic",state="operational"}')).toEqual([0])
      const series = 'provider="openai",model="gpt-4.1-nano",probe="chat",vantage="eu-1"'
      const buckets = of(`llmstatus_first_token_seconds_bucket{${series}`)
      expect(buckets).toEqual(buckets.toSorted((a, b) => a - b))
      // 240 and 252 ms are at most 0.256 s: 12 of 60
      expect(of(`llmstatus_first_token_seconds_bucket{${series},le="0.256"}`)).toEqual([12])
      expect(buckets.at(-1)).toBe(60)
      expect(of(`llmstatus_first_token_seconds_count{${series}}`)).toEqual([60])
      expect(of(`llmstatus_first_token_seconds_sum{${series}}`)[0]).toBeCloseTo(60 * 0.294, 6)
      expect(of(`llmstatus_probes_total{${series},result="ok"}`)).toEqual([60])
      expect(of(`llmstatus_cost_usd_total{${series}}`)[0]).toBeCloseTo(60 * 0.00002, 9)
      expect(of('llmstatus_rate_limit_remaining_ratio')[0]).toBeCloseTo(0.9999, 4)
      expect(of('llmstatus_provider_coverage_ratio{provider="groq"}')).toEqual([0])
      expect(of('llmstatus_database_up')).toEqual([1])
      expect(of('llmstatus_database_read_last_success_timestamp_seconds')).toEqual([startMs / 1000])
    })
  })

  describe('whatever is refused', () => {
    it.each([
      ['/nothing', 404, 'not_found'],
      ['/api/v1/nothing', 404, 'not_found'],
      ['/api/v1/providers/nobody', 404, 'not_found'],
      ['/%zz', 400, 'bad_request'],
      ['/api/v1/providers/%ff/history', 400, 'bad_request'],
      ['/api/v1/status?x=1', 400, 'bad_request'],
    ])('%s is a problem', async (url, status, code) => {
      expect(await problem(url)).toMatchObject({ status, code })
    })

    it('says which ways there are, where it is asked in another', async () => {
      for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'] as const)
        for (const url of ['/api/v1/status', '/api/v1/models/openai/gpt-4.1-nano', '/openapi.json']) {
          const response = await world.app.inject({
            method,
            url,
            headers: { host: 'localhost', 'content-type': 'application/json' },
            ...(method === 'OPTIONS' ? {} : { payload: '{"a":' }),
          })
          expect([url, method, response.statusCode, response.headers.allow]).toEqual([url, method, 405, 'GET, HEAD'])
          expect(response.json()).toMatchObject({ code: 'method_not_allowed' })
        }
      const get = await ask('/api/v1/batches')
      expect([get.statusCode, get.headers.allow]).toEqual([405, 'POST'])
    })

    it('is a problem too where it is too large, of no type that is read, or no HTTP at all', async () => {
      const send = (payload: string, type: string) =>
        world.app.inject({
          method: 'POST',
          url: '/api/v1/enrol',
          headers: { host: 'localhost', 'content-type': type },
          payload,
        })
      expect((await send('x'.repeat(2 << 20), 'application/jose+json')).json()).toMatchObject({ code: 'too_large' })
      expect((await send('{}', 'text/xml')).json()).toMatchObject({ code: 'unsupported_media_type' })
      const raw = await overSocket(world.app, 'NONSENSE\r\n\r\n')
      expect(raw).toContain('HTTP/1.1 400')
      expect(raw).toContain('content-type: application/problem+json')
      expect(raw).toContain('"code":"bad_request"')
      const long = await overSocket(world.app, `GET /${'x'.repeat(100_000)} HTTP/1.1\r\nhost: localhost\r\n\r\n`)
      expect(long).toContain('HTTP/1.1 431')
    })
  })

  describe('what is known is not sent again', () => {
    it.each(['/api/v1/status', '/api/v1/providers', '/api/v1/verdict?model=claude-haiku-4-5', '/openapi.json'])(
      '%s',
      async url => {
        const { etag = '' } = (await ask(url)).headers
        const again = await ask(url, { 'if-none-match': `"other", ${etag}` })
        expect([again.statusCode, again.body, again.headers.etag]).toEqual([304, '', etag])
        expect((await ask(url, { 'if-none-match': '"other"' })).statusCode).toBe(200)
      },
    )
  })

  it('that nothing comes any more is news, though nothing else is', async () => {
    const { etag } = (await ask('/api/v1/status')).headers
    const later = async (ms: number) => {
      world.clock.ms = startMs + ms
      const { statusCode } = await ask('/api/v1/status', { 'if-none-match': String(etag) })
      world.clock.ms = startMs
      return statusCode
    }
    expect(await later(1_000)).toBe(304)
    expect(await later(10_000)).toBe(200)
  })

  describe('what is large is sent small', () => {
    const url = '/api/v1/providers/openai/history'
    it('by brotli or gzip, as whoever asks likes it', async () => {
      const plain = await ask(url)
      expect(plain.headers['content-encoding']).toBeUndefined()
      expect(plain.headers.vary).toBe('accept-encoding')
      const gzip = await ask(url, { 'accept-encoding': 'gzip' })
      expect(gzip.headers['content-encoding']).toBe('gzip')
      expect(gunzipSync(gzip.rawPayload).toString()).toBe(plain.body)
      const brotli = await ask(url, { 'accept-encoding': 'gzip, deflate, br;q=1' })
      expect(brotli.headers['content-encoding']).toBe('br')
      expect(brotliDecompressSync(brotli.rawPayload).toString()).toBe(plain.body)
      expect(brotli.rawPayload.length).toBeLessThan(plain.rawPayload.length / 10)
    })

    it('and as it is where it is not wanted, or too small to matter', async () => {
      expect((await ask(url, { 'accept-encoding': 'br;q=0, gzip;q=0' })).headers['content-encoding']).toBeUndefined()
      expect((await ask('/healthz', { 'accept-encoding': 'br' })).headers['content-encoding']).toBeUndefined()
    })
  })
})

const schemaOf = (ref: string): z.ZodType => {
  const schema = (schemas as Readonly<Record<string, z.ZodType>>)[ref.replace('#/components/schemas/', '')]
  if (schema === undefined) throw new Error(`${ref} is described nowhere`)
  return schema
}

/** What comes back for bytes that fastify's own injection would refuse to make. */
const overSocket = async (app: World['app'], bytes: string): Promise<string> => {
  if (app.server.listening === false) await app.listen({ host: '127.0.0.1', port: 0 })
  const address = app.server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return new Promise((resolve, reject) => {
    let text = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    socket.on('data', chunk => {
      text += chunk
    })
    socket.on('close', () => resolve(text))
    socket.on('error', reject)
  })
}
