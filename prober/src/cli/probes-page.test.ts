import { readFileSync } from 'node:fs'
import { createServer as createHttp, type Server } from 'node:http'
import { createServer as createHttps } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { ProbeDefinition } from '@llmstatus/shared/definition'
import { readLine } from '@llmstatus/shared/result'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createSimulator, type Simulator } from '../../../simulator/src/simulator.ts'
import { certificate, key } from '../../../simulator/testdata/test-only-certificates.ts'
import { runCommand } from './testing/test-shell.ts'

/** docs/probes.md is what it says: every example there is asked, of real servers in the place of those it names. */

const page = readFileSync(join(import.meta.dirname, '../../../docs/probes.md'), 'utf8')
const examples = [...page.matchAll(/```yaml\n# (\S+)\n([\s\S]*?)```/g)].map(([, name = '', yaml = '']) => ({
  name,
  yaml,
}))
const [prober, ...definitions] = examples

let sim: Simulator
const servers: Server[] = []
const listen = async (server: Server): Promise<number> => {
  servers.push(server)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}
let inPlaceOf: Readonly<Record<string, string>> = {}

beforeAll(async () => {
  sim = await createSimulator({ only: ['openai', 'ollama'], pace: { firstTokenMs: 5, perTokenMs: 1 } })
  const search = await listen(createHttp((_request, response) => response.end('{"status":"green"}')))
  const answer = '{"healthy_count":3,"unhealthy_count":0}'
  const secure = await listen(
    createHttps({ cert: certificate, key }, (_request, response) => response.end(answer)) as never,
  )
  inPlaceOf = {
    'http://10.1.2.3:11434': sim.providers.ollama?.http ?? '',
    'http://10.1.2.4:9200': `http://127.0.0.1:${search}`,
    'https://llm.internal.example': `https://localhost:${secure}`,
    'https://db.internal.example:5432': `https://localhost:${secure}`,
  }
})
afterAll(async () => {
  for (const server of servers) server.close()
  await sim.close()
})

const here = (yaml: string): string =>
  Object.entries(inPlaceOf).reduce((text, [there, origin]) => text.replaceAll(`"${there}"`, `"${origin}"`), yaml)

test('the page has its examples, and one of every type', () => {
  expect(prober?.name).toBe('prober.yaml')
  expect(definitions.map(({ name }) => name)).toContain('sum.yaml')
  for (const type of ['reachability', 'chat', 'embeddings', 'http', 'tcp'])
    expect(
      definitions.filter(({ yaml }) => yaml.includes(`probe_type: ${type}\n`)),
      type,
    ).not.toEqual([])
})

describe('an example', () => {
  test.each(definitions)('$name is well written, and its answer is right', async ({ name, yaml }) => {
    const files = {
      [`/etc/${name}`]: yaml,
      '/etc/prober.yaml': here(prober?.yaml ?? ''),
      '/ca.pem': sim.ca,
      '/etc/sum.yaml': definitions[0]?.yaml ?? '',
    }
    expect(await runCommand(['definitions', 'validate', `/etc/${name}`], { files })).toMatchObject({ code: 0, err: '' })
    const openai = `credentials: [{ name: openai, provider: openai, origin: "${sim.providers.openai?.http}", secret: "env:KEY" }]\n`
    const { out, err } = await runCommand(
      ['once', '--json', '--config', '/etc/prober.yaml', '--file', `/etc/${name}`],
      {
        env: { KEY: 'k', PROXY_KEY: 'p', LLMSTATUS_CA_FILE: '/ca.pem' },
        files: { ...files, '/etc/prober.yaml': files['/etc/prober.yaml'] + openai },
      },
    )
    const read = readLine(out.trimEnd())
    expect(read, err).toMatchObject({
      ok: true,
      line: { outcome: 'ok', content: name === 'embeddings.yaml' ? 'none' : 'pass' },
    })
  })

  test('of a configuration is one', async () => {
    const validated = await runCommand(['definitions', 'validate', '/prober.yaml'], {
      files: { '/prober.yaml': prober?.yaml ?? '' },
    })
    expect(validated).toEqual({ code: 0, out: '/prober.yaml: prober configuration, nothing wrong\n', err: '' })
  })
})

test('every field and every expectation of the format stands in the page', () => {
  const { expected, ...fields } = ProbeDefinition.shape
  for (const name of [...Object.keys(fields), ...Object.keys(expected.unwrap().shape)])
    expect(page).toContain(`\`${name}\``)
})
