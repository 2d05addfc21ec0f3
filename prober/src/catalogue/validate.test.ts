import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { explain } from '@llmstatus/shared/errors'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { recognise } from './recognise.ts'
import { validate } from './validate.ts'

const provider = `id: acme
name: Acme
kind: hosted
origin: https://api.acme.example
auth: { scheme: bearer, header: authorization }
env: [ACME_API_KEY]
reachability: { method: GET, path: /v1/models, keyless: true }
chat: { path: /v1/chat, dialect: openai }
models: []
unverified: []
`
const definition = `provider: acme
model: m
probe_type: chat
request: { messages: [{ role: user, content: "Say {{nonce}}." }] }
`
const suite = `id: quick
probes:
  - name: up
    probe_type: reachability
    kinds: [hosted]
    every: 60s
    timeout_ms: 1000
`

const said = async (text: string, file = 'f.yaml'): Promise<string> => {
  const { kind, error } = await validate(file, text)
  return error === null ? `${kind} is good` : explain(error)
}

test('every file that ships is what it is taken for, and good', async () => {
  const folder = join(import.meta.dirname, '../../../probe-definitions')
  for (const kind of ['providers', 'suites'])
    for (const name of readdirSync(join(folder, kind))) {
      const file = join(folder, kind, name)
      const wanted = kind === 'providers' ? 'provider' : name === 'keyless.yaml' ? 'keyless' : 'suite'
      expect(await said(readFileSync(file, 'utf8'), file), name).toBe(`${wanted} is good`)
    }
})

describe('a file', () => {
  test.each([
    ['definition', definition],
    ['provider', provider],
    ['suite', suite],
    ['keyless', 'id: keyless\nmajor: [openai]\n'],
    ['prober', 'version: 1\nregion: eu\n'],
  ])('is known for a %s by what it holds', async (kind, text) => {
    expect(await said(text)).toBe(`${kind} is good`)
  })

  test.each([
    [
      'a definition with a slip',
      definition.replace('probe_type', 'prob_type'),
      'f.yaml:3:1: prob_type: is not a known key',
    ],
    ['a provider file without its origin', provider.replace(/origin.*\n/, ''), 'f.yaml:1:1: origin: is missing'],
    [
      'a suite with a wrong kind',
      suite.replace('[hosted]', '[hostd]'),
      'f.yaml:5:13: probes[0].kinds[0]: is not one of',
    ],
    [
      'nothing of ours',
      '{ "name": "x", "dependencies": {}, "scripts": {}, "main": "" }',
      'f.yaml:1:1: is none of probe definition, ',
    ],
    ['a list', '- a\n', 'f.yaml:1:1: is not a mapping'],
    ['nothing', '', 'f.yaml:1:1: the file is empty'],
    ['no YAML', 'a: [', 'f.yaml:1:'],
    [
      'an expectation that cannot come true',
      `${definition}expected: { response_contains: "{{a}}" }\n`,
      'f.yaml:5:32: expected.response_contains: expects {{a}}, which the question does not hold',
    ],
    [
      'a pattern that is none',
      `${definition}expected: { response_matches: "(" }\n`,
      'f.yaml:5:31: expected.response_matches: is not a pattern: ',
    ],
    [
      'an expectation in a suite that cannot come true',
      `${suite}  - { name: c, probe_type: chat, kinds: [hosted], every: 5m, timeout_ms: 1000, request: { messages: [{ role: user, content: hi }] }, expected: { response_contains: "{{nonce}}" } }\n`,
      'f.yaml:8:165: probes[1].expected.response_contains: expects {{nonce}}, which the question does not hold',
    ],
    [
      'a pattern in a suite that is none',
      `${suite}  - { name: c, probe_type: chat, kinds: [hosted], every: 5m, timeout_ms: 1000, request: { messages: [{ role: user, content: hi }] }, expected: { response_matches: "[" } }\n`,
      'f.yaml:8:164: probes[1].expected.response_matches: is not a pattern: ',
    ],
    [
      'an origin that a parser would turn into another',
      provider.replace('https://api.acme.example', 'https://0x7f.1'),
      'f.yaml:4:9: origin: would be read as https://127.0.0.1; write it so',
    ],
  ])('with %s is explained at its line', async (_name, text, message) => {
    expect(await said(text)).toContain(message)
  })

  test('in the folder of its kind has the name of its id', async () => {
    expect(await said(provider, 'probe-definitions/providers/other.yaml')).toBe(
      "probe-definitions/providers/other.yaml:1:5: id: is acme, and the file's name is not",
    )
    expect(await said(provider, 'probe-definitions/providers/acme.yaml')).toBe('provider is good')
    expect(await said(suite, 'suites/slow.yaml')).toContain("id: is quick, and the file's name is not")
    expect(await said(provider, 'mine.yaml')).toBe('provider is good')
  })

  test('is told apart with one key wrong', () => {
    for (const [kind, text] of Object.entries({ definition, provider, suite })) {
      const keys = text.match(/^[a-z_]+(?=:)/gm) ?? []
      for (const key of keys)
        expect(recognise(text.replace(new RegExp(`^${key}:`, 'm'), 'wrongly:'), 'f'), key).toBe(kind)
    }
  })

  test('of any content is good or explained at a line', async () => {
    const piece = fc.constantFrom(
      'provider: acme\n',
      'probe_type: chat\n',
      'probes:\n',
      '  - a\n',
      'id: *x\n',
      '<<: {}\n',
      '"\u001b[31m": 1\n',
      '\t',
      '"\\\u001b[31m"',
      '!<\u001b[31m> a',
      '%\u001b[31m\n---\n',
      '\u001b]0;title\u0007',
      '{{{{',
      'version: 1\n',
      '? ',
      '&a ',
    )
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(piece, fc.string({ maxLength: 12 })), { maxLength: 8 }), async pieces => {
        const text = await said(pieces.join(''))
        expect(text).toMatch(/^(f\.yaml:\d+:\d+|\w+ is good)/)
        expect(text).not.toContain('\u001b')
      }),
      { numRuns: 500 },
    )
  })
})
