import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { signals } from '@llmstatus/shared/classify'
import { chatRoads, ProviderFile } from '@llmstatus/shared/provider-file'
import { parseYaml } from '@llmstatus/shared/strict-yaml'
import { describe, expect, test } from 'vitest'
import { checkOrigin, templateNames } from '../credentials/origin.ts'
import { placeholderProblem } from './placeholders.ts'
import { readDefinitions, suiteProbes } from './read-definitions.ts'

const folder = join(import.meta.dirname, '../../../probe-definitions')
const definitions = readDefinitions({
  readFile: path => readFileSync(path, 'utf8'),
  listFiles: name => readdirSync(name),
  definitionsDir: folder,
})
const providers = [...definitions.providers.values()]

describe.each(providers.map(file => [file.id, file] as const))('the provider file of %s', (_id, file) => {
  test('has an origin that is used as it is written', () => {
    if (templateNames(file.origin).length > 0) return
    expect(checkOrigin(file.origin, file.kind === 'self_hosted' ? 'set' : 'shipped')).toEqual({
      ok: true,
      origin: file.origin,
    })
  })

  test('knows the price of the models that the suites use, or says that it does not', () => {
    const embedder = file.models.find(({ dialect }) => dialect !== undefined && dialect === file.embeddings?.dialect)
    const used = file.models.filter(model => model.default === true || model === embedder)
    for (const model of used) {
      const isPriced = model.price?.input != null && model.price.output != null
      expect(isPriced || file.unverified.some(text => text.includes('price'))).toBe(true)
    }
  })

  test('gives a reasoning model room to think', () => {
    for (const model of file.models.filter(({ reasoning }) => reasoning))
      expect(model.min_output_tokens).toBeGreaterThanOrEqual(256)
  })

  test('speaks dialects that have a meaning for what they hear', () => {
    const spoken = [...chatRoads(file), ...(file.embeddings === undefined ? [] : [file.embeddings])].map(
      ({ dialect }) => dialect,
    )
    for (const dialect of [...spoken, ...file.models.flatMap(model => model.dialect ?? [])])
      expect(Object.keys(signals)).toContain(dialect)
  })

  test('does not name a model twice', () => {
    expect(new Set(file.models.map(({ id }) => id)).size).toBe(file.models.length)
  })

  test('asks for a listing that is not a chat', () => {
    const billed = chatRoads(file).map(({ path }) => path)
    expect(billed).not.toContain(file.reachability.path)
    if (file.reachability.path === file.embeddings?.path) expect(file.reachability.method).not.toBe('POST')
  })
})

test('each environment name stands in exactly one provider file', () => {
  const names = providers.flatMap(({ env, secrets = [] }) => [...env, ...secrets])
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
})

test('names that mean many things are general-purpose wherever they stand', () => {
  const general =
    /^(GITHUB_TOKEN|HF_TOKEN|AWS_.*|GOOGLE_.*|DATABRICKS_TOKEN|DIGITALOCEAN_ACCESS_TOKEN|CLOUDFLARE_API_(TOKEN|KEY)|VULTR_API_KEY|SCW_SECRET_KEY|VERCEL_OIDC_TOKEN|LITELLM_MASTER_KEY|NGC_API_KEY|WANDB_API_KEY)$/
  for (const file of providers)
    expect(
      file.env.filter(name => general.test(name)),
      file.id,
    ).toEqual(file.general_purpose_env ?? [])
})

test('every major provider has a file and answers something we know without a key', () => {
  for (const id of definitions.major) expect(definitions.providers.get(id)?.reachability.keyless, id).toBe(true)
})

test('suites include only suites that are there, and name each probe once for a kind', () => {
  for (const id of definitions.suites.keys()) {
    const probes = suiteProbes(definitions, id) ?? []
    const named = probes.flatMap(({ name, kinds }) => kinds.map(kind => `${kind} ${name}`))
    expect(new Set(named).size).toBe(named.length)
  }
})

test('a suite expects only what it asked for', () => {
  for (const suite of definitions.suites.values())
    for (const { request, expected } of suite.probes) {
      const question = (request?.messages ?? []).map(({ content }) => content).join('\n')
      expect(placeholderProblem(question, expected?.response_contains ?? '')).toBeNull()
    }
})

test('the standard suite is reachability and one light chat that streams', () => {
  const probes = suiteProbes(definitions, 'standard') ?? []
  expect(probes.map(({ name }) => name)).toEqual(['reachability', 'health', 'chat'])
  const chat = probes.at(-1)
  expect(chat).toMatchObject({ every: 300_000, timeout_ms: 30_000, stream: true })
  expect(chat?.expected?.max_tokens).toBeLessThanOrEqual(10)
})

test('a suite that is not there is null', () => {
  expect(suiteProbes(definitions, 'everything')).toBeNull()
})

test('the example in the README is what it says', () => {
  const readme = readFileSync(join(folder, 'README.md'), 'utf8')
  const [provider = ''] = [...readme.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, yaml]) => yaml)
  expect(parseYaml(ProviderFile, provider, 'README.md')).toMatchObject({ id: 'acme' })
})
