import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { chatRoads, ProviderFile } from '@llmstatus/shared/provider-file'
import { parseYaml } from '@llmstatus/shared/strict-yaml'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createSimulator, type Simulator } from '../../simulator/src/simulator.ts'
import { load } from './config/testing/told.ts'
import { templateNames } from './credentials/origin.ts'
import type { Probe } from './probe.ts'
import { accountFile, tokenDoor } from './testing/ask-everything.ts'
import { measuring, slot } from './testing/measuring.ts'

/**
 * Every provider file that ships, asked what the suites ask, and by every road that it has, of its stand-in: a path, a
 * header or a dialect that does not fit the file is a result that is not ok.
 */

const folder = join(import.meta.dirname, '../../probe-definitions/providers')
const files = readdirSync(folder).map(name => {
  const text = readFileSync(join(folder, name), 'utf8')
  return {
    file: parseYaml(ProviderFile, text, name),
    names: [...new Set(templateNames(text))],
  }
})

let sim: Simulator
beforeAll(async () => {
  sim = await createSimulator({ pace: { firstTokenMs: 1, perTokenMs: 0 } })
})
afterAll(() => sim.close())

const isOwn = ({ kind }: ProviderFile) => kind === 'self_hosted'
const keyOf = ({ id }: ProviderFile) => `KEY_${id.toUpperCase()}`

/** A model for each road: the file's own where it has one, else what a server of one's own would be asked for. */
const modelsOf = (file: ProviderFile) =>
  chatRoads(file).flatMap(({ dialect }) => {
    const embeds = (model: ProviderFile['models'][number]) => model.dialect === file.embeddings?.dialect
    const spoken = file.models.filter(model => !embeds(model) && (model.dialect ?? file.chat?.dialect) === dialect)
    const model = spoken[0]?.id ?? file.models.find(model => model.default)?.id ?? (isOwn(file) ? 'llama3.2:1b' : null)
    return model === null ? [] : [{ model, dialect }]
  })

const definitionsOf = (file: ProviderFile): readonly object[] =>
  modelsOf(file).flatMap(({ model, dialect }) =>
    [true, false].map(stream => ({
      provider: file.id,
      model,
      dialect,
      name: `${dialect}-${stream ? 'stream' : 'whole'}`,
      probe_type: 'chat',
      stream,
      request: { messages: [{ role: 'user', content: 'Repeat this number and nothing else: {{nonce}}' }] },
      expected: { response_contains: '{{nonce}}' },
    })),
  )

/** A key; a service account's file where the key is one; and where its token is fetched. */
const signInOf = (file: ProviderFile): string => {
  const { exchange } = file.auth
  const secret = exchange?.grant === 'google_jwt' ? 'file:/etc/account.json' : `env:${keyOf(file)}`
  const tokens = exchange === undefined ? '' : `token_origin: "${sim.providers[tokenDoor]?.http}", `
  return `${tokens}secret: "${secret}"`
}

const probesOf = (): readonly Probe[] => {
  const written = files.flatMap(({ file }) => definitionsOf(file)).map(each => JSON.stringify(each))
  const at = (index: number) => `/etc/probe-${index}.json`
  const origin = ({ id }: ProviderFile) => `origin: "${sim.providers[id]?.http}"`
  const own = files.filter(({ file }) => isOwn(file))
  const others = files.filter(({ file }) => !isOwn(file))
  const config = [
    'credentials:',
    ...others.map(({ file, names }) => {
      const values = `values: { ${names.map(name => `${name}: here`).join(', ')} }`
      return `  - { name: ${file.id}, provider: ${file.id}, ${origin(file)}, ${values}, ${signInOf(file)} }`
    }),
    'targets:',
    ...own.map(({ file }) => `  - { id: ${file.id}, provider: ${file.id}, ${origin(file)}, secret: "env:KEY" }`),
    `probes: [${written.map((_text, index) => at(index)).join(', ')}]`,
    'suite: full',
    '',
  ].join('\n')
  const env = Object.fromEntries([['KEY', 'k-1'], ...others.map(({ file }) => [keyOf(file), 'k-1'])])
  const texts = Object.fromEntries(written.map((text, index) => [at(index), text]))
  return load({ env, config, files: { ...texts, '/etc/account.json': accountFile() } }).probes
}

/** They ask nothing that the light chat does not ask, and at length. */
const longOnes: ReadonlySet<string> = new Set(['chat-medium', 'challenge'])

test('every provider file is asked what the suites ask, by each of its roads, and is answered', async () => {
  expect(
    files.filter(({ file }) => !(file.id in sim.providers)).map(({ file }) => file.id),
    'not simulated',
  ).toEqual([])
  const probes = probesOf().filter(({ probe }) => !longOnes.has(probe))
  const asked = new Set(probes.map(({ provider }) => provider))
  expect(files.filter(({ file }) => !asked.has(file.id)).map(({ file }) => file.id)).toEqual([])
  const { measure } = measuring()
  const never = new AbortController().signal
  const lines = []
  for (let from = 0; from < probes.length; from += 16) {
    const some = probes.slice(from, from + 16)
    lines.push(...(await Promise.all(some.map(probe => measure(probe, slot, never)))))
  }
  const bad = lines.flatMap(({ provider, probe, outcome, signal, http_status, content }) =>
    outcome === 'ok' ? [] : [[provider, probe, outcome, signal, http_status, content].join(' ')],
  )
  expect(bad).toEqual([])
})
