import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { definitionsPath, sealDefinitionSet } from '@llmstatus/shared/definition-set'
import { readRequestKey } from '@llmstatus/shared/request-token'
import { readLine } from '@llmstatus/shared/result'
import { afterEach, expect, test } from 'vitest'
import { createFakeAggregator, listenAsAggregator } from '../../prober/test/fake-aggregator.ts'
import { eventually, type Running, run } from './running.ts'

/** The program as it is started, while what it was told changes: its file, its secret, and what its aggregator hands out. */

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

const page = (name: string, path = '/health') => ({
  provider: 'inside',
  probe_type: 'http',
  name,
  request: { method: 'GET', path },
})

/** A server of one's own, and who came with which key. */
const startTarget = async () => {
  const seen: string[] = []
  const server = createServer((request, response) => {
    seen.push(`${request.url} ${request.headers.authorization ?? '-'}`)
    response.end('ok')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => server.close())
  return { seen, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

/** It hands out one set, to the prober that it knows. */
const startAggregator = async (definitions: readonly Record<string, unknown>[]) => {
  const aggregator = await createFakeAggregator()
  const expires = new Date(Date.now() + 86_400_000).toISOString()
  const set = JSON.parse(await sealDefinitionSet([aggregator.key], { version: 1, expires, definitions }))
  const askers: (string | null)[] = []
  const server = await listenAsAggregator({
    ...aggregator,
    handle: async request => {
      if (request.path !== definitionsPath) return aggregator.handle(request)
      askers.push(readRequestKey(String(request.headers.authorization).replace('Bearer ', '')))
      return { status: 200, body: set, headers: { etag: '"1"' } }
    },
  })
  closing.push(server.close)
  return { ...aggregator, url: server.url, askers }
}

const says = (prober: Running, words: string): Promise<true> =>
  eventually(prober, async () => (prober.said().includes(words) ? true : undefined))

test('a prober that is told something else while it runs takes it up, or goes on and says why not', async () => {
  const target = await startTarget()
  const aggregator = await startAggregator([page('guest'), page('peek', '/secret'), page('own')])
  const folder = mkdtempSync(join(tmpdir(), 'llmstatus-reload-'))
  closing.push(() => rmSync(folder, { recursive: true, force: true }))
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text)
  const configure = (rest = '') =>
    write(
      'prober.yaml',
      `version: 1\ntargets: [{ id: inside, provider: http, origin: "${target.origin}", secret: "file:key" }]\n` +
        `probes: [own.yaml]\nremote_definitions: { accept: true, keys: [aggregator] }\n${rest}`,
    )
  write('own.yaml', JSON.stringify(page('own')))
  write('key', 'first-key\n')
  configure()

  const prober = run(['prober/src/main.ts', 'run'], {
    LLMSTATUS_CONFIG: join(folder, 'prober.yaml'),
    LLMSTATUS_DATA_DIR: join(folder, 'data'),
    LLMSTATUS_ENROL_TOKEN: aggregator.token(aggregator.url),
    LLMSTATUS_HEALTH_PORT: '0',
  })
  closing.push(() => void prober.child.kill('SIGKILL'))

  await says(prober, 'definitions from outside are in force')
  await eventually(prober, async () => (target.seen.length >= 2 ? true : undefined))
  expect(target.seen.slice(0, 2)).toEqual(['/health Bearer first-key', '/health Bearer first-key'])
  expect(prober.said()).toContain('private_origin')
  expect(prober.said()).toContain('name_taken')

  configure('nmae: typo\n')
  await says(prober, 'the configuration was not taken, the one before goes on')
  expect(prober.said()).toContain('prober.yaml:5:1: nmae: is not a known key')

  write('key', 'second-key\n')
  write('more.yaml', JSON.stringify(page('more')))
  configure('every: { health: 5m }\n')
  write('own.yaml', JSON.stringify({ ...page('own'), every: '1s' }))
  await says(prober, 'configuration read again')
  await eventually(prober, async () => (target.seen.at(-1)?.includes('second-key') ? true : undefined))
  prober.child.kill('SIGHUP')
  await says(prober, 'configuration read again, nothing to change')

  prober.child.kill('SIGTERM')
  expect(await prober.ended, prober.said()).toBe(0)
  expect(prober.said()).not.toMatch(/first-key|second-key/)
  expect(target.seen.filter(each => each.startsWith('/secret'))).toEqual([])
  expect(aggregator.askers).toHaveLength(1)
  const read = aggregator.model.lines().map(text => readLine(text))
  const results = read.flatMap(line => (line.ok && line.kind === 'result' ? [line.line] : []))
  const known = new Set(read.flatMap(line => (line.ok && line.kind === 'definition' ? [line.line.def] : [])))
  expect(results.some(({ probe }) => probe === 'guest')).toBe(true)
  expect(results.filter(({ def }) => !known.has(def))).toEqual([])
}, 60_000)
