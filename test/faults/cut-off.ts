import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createServer } from 'node:tls'
import { startSimulator } from '../../bench/simulator-process.ts'
import { createAuthority } from '../../prober/src/egress-test/certificates.ts'
import { run } from '../e2e/running.ts'
import { aggregatorProgram } from './aggregator-program.ts'
import { proberProgram } from './prober-program.ts'
import { readStored } from './stored.ts'

/**
 * Runs inside a network namespace of its own (cut-off.test.ts makes it): a small office with an internet. The aggregator
 * has a private address; providers have public ones, and one of them is behind a firewall that drops what goes there:
 * nobody ever answers. Then the line to the internet is cut, and comes back. Prints what the aggregator has of it.
 */

const ip = (...args: readonly string[]) => execFileSync('ip', args)

const office = '10.77.0.1'
const reached = { openai: '9.9.9.11', mistral: '9.9.9.12', groq: '9.9.9.13' } as const
const never = { deepseek: '9.9.9.99' } as const
const origins = { ...reached, ...never }

/** The answers of providers come from this machine; everything else goes to a link where packets end. */
const prepare = (): void => {
  ip('link', 'set', 'lo', 'up')
  ip('addr', 'add', `${office}/32`, 'dev', 'lo')
  ip('link', 'add', 'nowhere0', 'type', 'veth', 'peer', 'name', 'nowhere1')
  ip('addr', 'add', '192.0.2.1/24', 'dev', 'nowhere0')
  for (const name of ['nowhere0', 'nowhere1']) ip('link', 'set', name, 'up')
  ip('neigh', 'add', '192.0.2.2', 'lladdr', '02:00:00:00:00:02', 'dev', 'nowhere0')
  ip('route', 'add', 'default', 'via', '192.0.2.2')
}
const line = (is: 'add' | 'del'): void => {
  for (const address of Object.values(reached)) ip('addr', is, `${address}/32`, 'dev', 'lo')
}

const listing = (provider: string) =>
  `{ provider: ${provider}, probe_type: reachability, name: listing, timeout_ms: 1000, every: 1s }\n`
const chat = (provider: string, model: string) =>
  `{ provider: ${provider}, model: ${model}, probe_type: chat, name: ask, timeout_ms: 2000, every: 2s,
  request: { messages: [{ role: user, content: "Say yes." }] }, expected: { max_tokens: 8 } }\n`

const definitions: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.keys(origins).map(provider => [`${provider}.yaml`, listing(provider)])),
  'openai-ask.yaml': chat('openai', 'gpt-4.1-nano'),
}

prepare()
line('add')
await using closing = new AsyncDisposableStack()
const simulator = await startSimulator(Object.keys(reached), ['--first-token-ms', '5', '--per-token-ms', '1'])
closing.defer(simulator.stop)
const authority = createAuthority(Date.now())
for (const [provider, address] of Object.entries(reached)) {
  const port = Number(new URL(simulator.origins[provider]?.http ?? '').port)
  const server = createServer({ ...authority.issue(address), ALPNProtocols: ['http/1.1'] }, socket => {
    const behind = connect(port, '127.0.0.1')
    socket.on('error', () => behind.destroy()).pipe(behind)
    behind.on('error', () => socket.destroy()).pipe(socket)
  })
  await new Promise<void>(resolve => server.listen(443, address, resolve))
  closing.defer(() => void server.close())
}

const aggregator = await aggregatorProgram(office)
closing.defer(aggregator.remove)
await aggregator.start()
const folder = join(aggregator.folder, 'office')
mkdirSync(folder)
writeFileSync(join(folder, 'ca.pem'), authority.ca)
for (const [file, text] of Object.entries(definitions)) writeFileSync(join(folder, file), text)
const credential = ([provider, address]: readonly string[]) =>
  `  - { name: ${provider}, provider: ${provider}, origin: "https://${address}", ca_file: ca.pem, secret: "env:KEY" }\n`
writeFileSync(
  join(folder, 'prober.yaml'),
  `version: 1\nsuite: reachability\nevery: { reachability: 24h }\nprobes: [${Object.keys(definitions).join(', ')}]\n` +
    `credentials:\n${Object.entries(origins).map(credential).join('')}`,
)
const running = run(['prober/src/main.ts', 'run'], {
  LLMSTATUS_DATA_DIR: join(folder, 'data'),
  LLMSTATUS_CONFIG: join(folder, 'prober.yaml'),
  LLMSTATUS_ENROL_TOKEN: await aggregator.token(),
  LLMSTATUS_NAME: 'office',
  LLMSTATUS_HEALTH_PORT: '8421',
  KEY: 'good-for-nothing',
})
const prober = proberProgram(running, 'http://127.0.0.1:8421/')
const stands = async (vantage: string) => {
  while ((await prober.metric(`vantage_standing{standing="${vantage}"}`)) !== 1) await sleep(50)
}

/** Until there are so many more results like this of each. */
const sees = async (outcome: string, more: Readonly<Record<string, number>>): Promise<void> => {
  const wanted = Object.entries(more).map(([provider, count]) => ({
    name: `results_total{provider="${provider}",probe="listing",outcome="${outcome}"}`,
    count,
  }))
  for (const { name, count } of wanted) {
    const before = await prober.metric(name)
    while ((await prober.metric(name)) < before + count) await sleep(50)
  }
}
const eachReached = { openai: 2, mistral: 2, groq: 2 }

await stands('online')
await sees('ok', eachReached)
await sees('connect_failed', { deepseek: 3 })
const cutMs = Date.now()
line('del')
await stands('offline')
const offlineMs = Date.now()
await sees('vantage_offline', eachReached)
while ((await prober.metric('skipped_slots_total{reason="vantage_offline"}')) < 1) await sleep(50)
await prober.takes(2)
// what is being asked now still fails
await sleep(1500)
const backMs = Date.now()
line('add')
await stands('online')
await sees('ok', eachReached)
await prober.takes(2)
await prober.stop()
await aggregator.stop()
const [stored] = await readStored(aggregator.dataDir)
process.stdout.write(JSON.stringify({ cutMs, offlineMs, backMs, stored, said: running.said() }))
