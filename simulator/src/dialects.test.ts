import { describe, expect, it } from 'vitest'
import { errorNamed, errorNames, errorWithStatus, mindOf, type Provider } from './providers/provider.ts'
import { providers } from './providers/table.ts'
import type { Reply } from './reply.ts'
import { respond } from './respond.ts'
import { createBook } from './scenarios/book.ts'
import { defaultPace } from './scenarios/pace.ts'
import { Scenario, type ScenarioInput } from './scenarios/schema.ts'
import { type Asked, speakers } from './testing/speakers.ts'

/** Every provider of the table, asked as its dialect is spoken. Pure: no socket, no time. */

const ask = (provider: Provider, asked: Asked, scenario?: ScenarioInput): Reply => {
  const book = createBook(1)
  if (scenario !== undefined) book.put(Scenario.parse(scenario))
  const request = {
    method: asked.body === undefined ? 'GET' : 'POST',
    url: new URL(asked.path, 'http://x'),
    header: (name: string) => (name === provider.auth?.header ? (asked.key ?? 'Bearer any') : undefined),
    body: asked.body === undefined ? '' : JSON.stringify(asked.body),
  }
  return respond(request, { provider, book, pace: defaultPace, seed: 1 }, 1).reply
}

const bytes = (reply: Reply): string => Buffer.concat([...reply.steps].map(step => step.bytes)).toString()
const prompt = 'Repeat exactly: naïve-漢字-17'

/** Each of its dialects in turn; where tokens are there is nothing to talk about. */
const spoken = providers
  .filter(({ dialect }) => dialect.name !== 'tokens')
  .flatMap(provider => [provider, ...provider.also.map(dialect => ({ ...provider, dialect, also: [], embeds: [] }))])

describe.each(spoken.map(provider => [provider.id, provider.dialect.name, provider] as const))(
  '%s in %s',
  (id, _dialect, provider) => {
    const speaker = speakers[provider.dialect.name]
    const models = provider.models.map(model => model.id)
    if (speaker === undefined) throw new Error(`testing/speakers.ts does not speak ${provider.dialect.name}`)
    const chat = (model: string, stream: boolean) => speaker.chat({ base: provider.base, model, stream, prompt })

    it.runIf(speaker.streams !== false).each(models)('%s streams what it is asked to repeat, and closes', model => {
      const reply = ask(provider, chat(model, true))
      const steps = [...reply.steps]
      expect([reply.status, reply.ending]).toEqual([200, 'end'])
      expect(speaker.streamed(bytes(reply))).toBe('naïve-漢字-17')
      const parts = steps.map(step => step.part)
      expect(parts.lastIndexOf('token')).toBeLessThan(parts.findIndex(part => part === 'close' || part === 'done'))
      const waited = steps.slice(0, parts.indexOf('token') + 1).reduce((sum, step) => sum + step.waitMs, 0)
      expect(waited).toBeGreaterThanOrEqual(defaultPace.firstTokenMs)
      const isHidden = mindOf(provider, model) === 'hidden'
      expect(waited > defaultPace.firstTokenMs + 10 * defaultPace.perTokenMs).toBe(isHidden)
    })

    it.each(models)('%s says the same in one piece', model => {
      expect(speaker.whole(JSON.parse(bytes(ask(provider, chat(model, false)))))).toBe('naïve-漢字-17')
    })

    it('without its closing frames is not closed', () => {
      const cut = bytes(
        ask(provider, chat(models[0] ?? '', true), { provider: id, do: 'truncate', args: { after_tokens: 1 } }),
      )
      expect(cut).not.toMatch(speaker.closed)
      expect(bytes(ask(provider, chat(models[0] ?? '', true)))).toMatch(speaker.closed)
    })

    it('lists its models', () => {
      const listed = bytes(ask(provider, { path: `${provider.base}${speaker.listing}` }))
      for (const model of models) expect(listed).toContain(model)
    })

    it.runIf(provider.embeds.length > 0)('embeds a text', () => {
      const reply = ask(provider, speaker.embed(provider.base, provider.embeds[0] ?? ''))
      expect(bytes(reply)).toMatch(/(-?0\.\d+,){10}/)
      expect(
        bytes(ask(provider, speaker.embed(provider.base, provider.embeds[0] ?? ''), { provider: id, do: 'empty' })),
      ).not.toMatch(/0\.\d+,/)
    })

    it('refuses a strange model, a strange path, an empty body and a wrong key as it documents', () => {
      const refusals = [
        ['not_found', { path: '/nowhere' }],
        ['bad_request', { ...chat(models[0] ?? '', true), body: {} }],
        ...(provider.anyModel ? [] : [['unknown_model', chat('no-such-model', true)] as const]),
        ...(provider.auth === null
          ? []
          : [['wrong_key', { ...chat(models[0] ?? '', true), key: 'Bearer wrong' }] as const]),
        ...(provider.auth === null ? [] : [['no_key', { ...chat(models[0] ?? '', true), key: '' }] as const]),
      ] as const
      for (const [name, asked] of refusals) {
        const form = errorNamed(provider, name)
        expect([name, ask(provider, asked).status]).toEqual([name, form?.status])
        expect(bytes(ask(provider, asked))).toBe(
          typeof form?.body === 'string' ? form.body : JSON.stringify(form?.body),
        )
      }
    })

    it.each(errorNames(provider))(
      'fails with its documented %s: whole, under 200, and in the middle of a stream',
      name => {
        const form = errorNamed(provider, name)
        const asked = chat(models[0] ?? '', true)
        const failed = ask(provider, asked, { provider: id, do: 'status', args: { error: name } })
        expect(failed.status).toBe(form?.status)
        expect(failed.headers).toMatchObject(form?.headers ?? {})
        expect(ask(provider, asked, { provider: id, do: 'error_body_200', args: { error: name } }).status).toBe(200)
        const midway = bytes(
          ask(provider, asked, { provider: id, do: 'error_midstream', args: { after_tokens: 1, error: name } }),
        )
        expect(midway).not.toMatch(speaker.closed)
        if (speaker.streams !== false) expect(midway.length).toBeGreaterThan(20)
      },
    )

    it('has a form for every status that it is told to answer', () => {
      for (const status of [400, 401, 403, 404, 418, 429, 500, 503, 529])
        expect(errorWithStatus(provider, status).status).toBe(status)
    })
  },
)

describe('the table', () => {
  it('has each id once', () => expect(new Set(providers.map(({ id }) => id)).size).toBe(providers.length))
})
