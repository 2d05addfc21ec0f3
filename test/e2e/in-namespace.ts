import { execFileSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { proberSetting } from '../../bench/prober-setting.ts'

/**
 * Runs inside a network namespace of its own (namespace.test.ts makes it). Its loopback holds the providers and the
 * aggregator; everything else is routed to a link with nobody behind it, where each packet is counted. Prints what the
 * kernel counted while the prober ran, and then while something did go elsewhere, so that the counters are known to count.
 */

const ip = (...args: readonly string[]) => execFileSync('ip', args)

const nowhere = 'nowhere0'

const prepare = (): void => {
  ip('link', 'set', 'lo', 'up')
  ip('link', 'add', nowhere, 'type', 'veth', 'peer', 'name', 'nowhere1')
  ip('addr', 'add', '192.0.2.1/24', 'dev', nowhere)
  // a new link asks its neighbours for a router, again and again: that is the kernel and not the prober
  for (const name of [nowhere, 'nowhere1']) {
    writeFileSync(`/proc/sys/net/ipv6/conf/${name}/router_solicitations`, '0')
    ip('link', 'set', name, 'up')
  }
  ip('route', 'add', 'default', 'dev', nowhere)
  ip('-6', 'route', 'add', 'default', 'dev', nowhere)
}

interface Counted {
  /** Frames towards anything that is not on loopback. */
  readonly elsewhere: number
  /** Connections that somebody tried to open, and those that nobody answered. */
  readonly opened: number
  readonly failed: number
  readonly datagrams: number
}

const count = (): Counted => {
  const lines = readFileSync('/proc/net/snmp', 'utf8').split('\n')
  const field = (protocol: string, name: string): number => {
    const [names, values] = lines.filter(line => line.startsWith(`${protocol}: `)).map(line => line.split(' '))
    return Number(values?.[names?.indexOf(name) ?? -1])
  }
  return {
    elsewhere: sentOver(nowhere),
    opened: field('Tcp', 'ActiveOpens'),
    failed: field('Tcp', 'AttemptFails'),
    datagrams: field('Udp', 'OutDatagrams'),
  }
}

/** Sent packets are the tenth number of a link's line. */
const sentOver = (link: string): number => {
  const line = readFileSync('/proc/net/dev', 'utf8')
    .split('\n')
    .find(each => each.trim().startsWith(`${link}:`))
  return Number(line?.split(':')[1]?.trim().split(/\s+/)[9])
}

const during = async (work: () => Promise<unknown>): Promise<Counted> => {
  const before = count()
  await work()
  const after = count()
  return {
    elsewhere: after.elsewhere - before.elsewhere,
    opened: after.opened - before.opened,
    failed: after.failed - before.failed,
    datagrams: after.datagrams - before.datagrams,
  }
}

const somethingElse = async (): Promise<void> => {
  const udp = createSocket('udp4')
  await new Promise(resolve => udp.send('x', 9, '198.51.100.1', resolve))
  udp.close()
  await new Promise(resolve => connect(1, '127.0.0.1').once('error', resolve))
  await sleep(500)
}

prepare()
// what else it says of itself is soon over
await sleep(4000)
await using closing = new AsyncDisposableStack()
const { startProber } = await proberSetting(closing, {
  providers: ['openai', 'anthropic', 'google_gemini'],
  yaml: 'every: { reachability: 1s, chat: 2s }\n',
})
const prober = await during(async () => {
  const started = await startProber('confined')
  await started.says('the aggregator has the first results')
  await sleep(5000)
  await started.stop()
})
const other = await during(somethingElse)
process.stdout.write(`${JSON.stringify({ prober, other })}\n`)
