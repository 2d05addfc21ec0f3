import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSimulator, type Simulator } from '../simulator.ts'

let sim: Simulator
beforeAll(async () => {
  sim = await createSimulator({ only: ['openai', 'groq'], pace: { firstTokenMs: 1, perTokenMs: 0 } })
})
afterAll(() => sim.close())

/** Of all the bodies there are, what the tests look at. */
interface Body {
  readonly detail: string
  readonly openai: { readonly http: string; readonly models: readonly string[] }
  readonly groq: { readonly errors: readonly string[] }
}

const call = async (method: string, path: string, body?: unknown) => {
  const sent = typeof body === 'string' ? body : JSON.stringify(body)
  const response = await fetch(new URL(path, sim.control), { method, ...(body !== undefined && { body: sent }) })
  const type = response.headers.get('content-type') ?? ''
  const text = await response.text()
  const json = /^application\/(json|problem)/.test(type) ? JSON.parse(text) : null
  return { status: response.status, type, text, body: json as Body }
}

describe('the control port', () => {
  it('says where each provider is, under the host name that it was asked by', async () => {
    const { body } = await call('GET', '/_sim/providers')
    expect(body).toEqual(sim.providers)
    const other = await fetch(`http://localhost:${sim.control.port}/_sim/providers`)
    expect(((await other.json()) as Body).openai.http).toMatch(/^http:\/\/localhost:\d+$/)
  })

  it('sets, shows and takes away what is to happen', async () => {
    expect(await call('PUT', '/_sim/scenarios', { provider: 'openai', do: 'stall' })).toMatchObject({ status: 204 })
    await call('PUT', '/_sim/scenarios', { provider: 'groq', share: 0.5, do: 'empty' })
    expect((await call('GET', '/_sim/scenarios')).body).toEqual({
      scenarios: [
        { provider: 'openai', share: 1, do: 'stall', args: { after_tokens: 3 } },
        { provider: 'groq', share: 0.5, do: 'empty', args: {} },
      ],
    })
    expect(await call('DELETE', '/_sim/scenarios', { provider: 'openai', do: 'stall' })).toMatchObject({ status: 204 })
    expect((await call('GET', '/_sim/scenarios')).body).toMatchObject({ scenarios: [{ provider: 'groq' }] })
    await call('DELETE', '/_sim/scenarios')
    expect((await call('GET', '/_sim/scenarios')).body).toEqual({ scenarios: [] })
  })

  it.each([
    ['an unknown do', { provider: 'openai', do: 'explode' }, 'bad_scenario', /^do: one of: healthy, slow/],
    ['an unknown key', { provider: 'openai', do: 'stall', when: 'now' }, 'bad_scenario', /when/],
    ['an unknown argument', { provider: 'openai', do: 'stall', args: { tokens: 3 } }, 'bad_scenario', /tokens/],
    ['a share above 1', { provider: 'openai', share: 2, do: 'stall' }, 'bad_scenario', /^share/],
    ['a status without a code', { provider: 'openai', do: 'status', args: {} }, 'bad_scenario', /code/],
    ['an unknown provider', { provider: 'skynet', do: 'stall' }, 'unknown_provider', /one of: openai, groq/],
    ['an unknown model', { provider: 'openai', model: 'gpt-9', do: 'stall' }, 'unknown_model', /gpt-4.1-nano/],
    [
      'an unknown error',
      { provider: 'openai', do: 'status', args: { error: 'flu' } },
      'unknown_error',
      /insufficient_quota/,
    ],
    [
      'a model where none is known yet',
      { provider: 'openai', model: 'gpt-4.1-nano', do: 'hang_tls' },
      'bad_scenario',
      /^model/,
    ],
    ['a share of a port', { provider: 'openai', share: 0.5, do: 'hang_accept' }, 'bad_scenario', /^share/],
  ])('refuses %s and says what would do', async (_, body, code, detail) => {
    const answer = await call('PUT', '/_sim/scenarios', body)
    expect(answer).toMatchObject({ status: 422, type: 'application/problem+json', body: { status: 422, code } })
    expect(answer.body.detail).toMatch(detail)
  })

  it('refuses what is not JSON, no path of its own, and the wrong method', async () => {
    expect(await call('PUT', '/_sim/scenarios', '{')).toMatchObject({ status: 400, body: { code: 'not_json' } })
    expect(await call('GET', '/_sim')).toMatchObject({ status: 404, body: { code: 'not_found' } })
    expect(await call('POST', '/_sim/log')).toMatchObject({ status: 405, body: { code: 'method_not_allowed' } })
    expect(await call('GET', '/_sim/log?since=noon')).toMatchObject({ status: 400, body: { code: 'bad_query' } })
  })

  it('gives the log since a moment, a line each', async () => {
    const openai = sim.providers.openai?.http ?? ''
    await fetch(`${openai}/v1/models`)
    const first = (await call('GET', '/_sim/log')).text
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(first.map((entry: { event: string }) => entry.event)).toEqual(['accept', 'request', 'write', 'end'])
    expect(Object.keys(first[2])).toEqual(['t_us', 'provider', 'conn', 'req', 'event', 'bytes', 'token'])
    expect((await call('GET', `/_sim/log?since=${first[3].t_us}`)).text).toBe('')
  })

  it('names the errors and models that there are, and its authority', async () => {
    const { body } = await call('GET', '/_sim/catalogue')
    expect(body.groq.errors).toContain('capacity_exceeded')
    expect(body.openai.models).toContain('gpt-4.1-nano')
    expect((await call('GET', '/_sim/ca.pem')).text).toBe(sim.ca)
  })
})
