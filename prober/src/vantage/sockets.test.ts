import { setTimeout as sleep } from 'node:timers/promises'
import { classify } from '@llmstatus/shared/classify'
import { blameOf } from '@llmstatus/shared/outcome'
import { ResultLine, readLine } from '@llmstatus/shared/result'
import { afterEach, describe, expect, test } from 'vitest'
import { authority } from '../../../simulator/testdata/test-only-certificates.ts'
import { createSend } from '../credentials/send.ts'
import { createReached } from '../egress/reached.ts'
import { createLog } from '../log.ts'
import type { Probe } from '../probe.ts'
import { definitionLine } from '../report/definition-lines.ts'
import { clock, listingProbe, measuring, slot } from '../testing/measuring.ts'
import { createTransport } from '../transport/transport.ts'
import { type ControlSources, controlsOf } from './control.ts'
import { createSides } from './sides.ts'
import { type OriginServer, startOrigin } from './testing/origin-server.ts'
import { createVantage, type Vantage } from './vantage.ts'

/** The same with real sockets: DNS, TCP, TLS and the guard as they are; only loopback is taken for the internet. */

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

interface Stage {
  readonly vantage: Vantage
  readonly servers: readonly OriginServer[]
  readonly probes: readonly Probe[]
  /** What the controls said. */
  readonly said: readonly ResultLine[]
  /** What DNS answers from now on. */
  readonly dns: (resolve: (host: string) => Promise<readonly string[]>) => void
  readonly once: (probe: Probe | undefined) => Promise<ResultLine>
  /** Each of them, one after the other. */
  readonly all: () => Promise<readonly string[]>
}

/** Reached without a name. */
const numbered = 'numbered'

/** Twenty times as fast as it would wait. */
const hurried = (ms: number, signal?: AbortSignal): Promise<void> =>
  sleep(ms / 20, undefined, signal === undefined ? {} : { signal }).catch(() => undefined)

const stage = async (names: readonly string[], others: Partial<ControlSources> = {}): Promise<Stage> => {
  const servers = await Promise.all(names.map(startOrigin))
  for (const { goAway } of servers) closing.push(() => goAway())
  let resolve = async (_host: string): Promise<readonly string[]> => ['127.0.0.1']
  const sides = createSides(address => address === '127.0.0.1')
  const reached = createReached()
  const send = createSend(createTransport({ clock, resolve: sides.watching(host => resolve(host)) }), clock)
  const probes = servers.map(({ origin }, index) => {
    const probe = listingProbe(origin.replace(`${numbered}.simulator.test`, '127.0.0.1'), {
      provider: names[index] ?? '',
    })
    return { ...probe, credential: { ...probe.credential, provider: probe.provider, ca: authority } }
  })
  const said: ResultLine[] = []
  const vantage = createVantage({
    ...measuring({ reached, send }),
    clock,
    wait: hurried,
    log: createLog('silent', { write: () => undefined, form: 'lines' }),
    newId: () => slot.id,
    controls: controlsOf({ probes, listed: [], aggregator: null, ...others }),
    reached,
    sides,
    say: async lines => void said.push(...lines.map(line => ResultLine.parse(line))),
  })
  closing.push(vantage.stop)
  const once = (probe: Probe | undefined): Promise<ResultLine> => {
    if (probe === undefined) throw new Error('no such probe')
    return vantage.measure(probe, slot, new AbortController().signal)
  }
  const all = async (): Promise<readonly string[]> => {
    const words: string[] = []
    for (const probe of probes) {
      const { outcome, signal } = await once(probe)
      words.push([outcome, signal].filter(word => word !== null).join(' '))
    }
    return words
  }
  const dns: Stage['dns'] = next => {
    resolve = next
  }
  return { vantage, servers, probes, said, once, all, dns }
}

const offline = 'vantage_offline controls_failed'
const becomes = async (vantage: Vantage, standing: string): Promise<void> => {
  for (let tries = 0; vantage.standing() !== standing && tries < 200; tries++) await sleep(25)
  expect(vantage.standing()).toBe(standing)
}

describe('on real sockets', () => {
  test('a provider that is down alone is blamed', async () => {
    const { servers, probes, said, once, all } = await stage(['a', 'b', 'c'])
    expect(await all()).toEqual(['ok', 'ok', 'ok'])
    await servers[0]?.goAway()
    const line = await once(probes[0])
    expect(line).toMatchObject({ outcome: 'connect_failed', signal: null, errno: 'ECONNREFUSED' })
    expect(blameOf(line.outcome, line.signal)).toBe('provider')
    expect(said[0]).toMatchObject({ probe: 'control', outcome: 'ok', model: null, why: 'followup', http_status: null })
    expect(['b', 'c']).toContain(said[0]?.provider)
    await servers[0]?.comeBack()
  })

  test('everything down is this vantage, until the first control answers again', async () => {
    const { vantage, servers, probes, said, all } = await stage(['a', 'b', 'c'])
    await all()
    const billed = { ...(probes[0] as Probe), billed: true }
    for (const { goAway } of servers) await goAway()
    expect(await all()).toEqual([offline, offline, offline])
    expect(vantage.admit(billed)).toBe('vantage_offline')
    expect(said.every(({ outcome, signal }) => outcome === 'connect_failed' && signal === null)).toBe(true)
    for (const { comeBack } of servers) await comeBack()
    await becomes(vantage, 'online')
    expect(vantage.admit(billed)).toBeNull()
    expect(await all()).toEqual(['ok', 'ok', 'ok'])
  })

  test('without DNS it is this vantage, and an address that still answers does not deny it', async () => {
    const { vantage, dns, all } = await stage(['a', 'b', numbered])
    await all()
    dns(async () => {
      throw Object.assign(new Error('no name server'), { code: 'EAI_AGAIN' })
    })
    expect(await all()).toEqual([offline, offline, 'ok'])
    expect(vantage.standing()).toBe('online')
  })

  test('behind a captive portal, that answers everything with a certificate of its own, it is this vantage', async () => {
    const { servers, all } = await stage(['a', 'b'])
    await all()
    for (const { becomePortal } of servers) becomePortal()
    expect(await all()).toEqual([offline, offline])
  })

  test('the aggregator on the same network is no control: that it answers does not hide a link that is down', async () => {
    const near = await startOrigin('near')
    closing.push(() => near.goAway())
    const { servers, said, all } = await stage(['a', 'b'], { aggregator: { url: near.origin, ca: authority } })
    await all()
    for (const { goAway } of servers) await goAway()
    expect(await all()).toEqual([offline, offline])
    expect(said.filter(({ provider }) => provider === 'aggregator')).toEqual([])
  })

  test('what a firewall never let through is a notice, and no incident', async () => {
    const { servers, probes, once, all } = await stage(['a', 'b'])
    await servers[0]?.goAway()
    const line = await once(probes[0])
    expect(line).toMatchObject({ outcome: 'connect_failed', signal: 'never_reached' })
    expect(blameOf(line.outcome, line.signal)).toBe('vantage')
    expect(await all()).toEqual(['connect_failed never_reached', 'ok'])
    await servers[0]?.comeBack()
  })

  test('whoever reads the lines again finds the same outcomes, and no host in them', async () => {
    const { servers, probes, said, once, all } = await stage(['a', 'b'])
    await all()
    for (const { goAway } of servers) await goAway()
    const lines = [await once(probes[0]), ...said]
    const controls = controlsOf({ probes, listed: [], aggregator: null }).map(({ probe }) => probe)
    for (const line of lines) {
      const probe = [...probes, ...controls].find(
        each => each.provider === line.provider && each.probe === line.probe,
      ) as Probe
      const definition = definitionLine(probe, 0)
      expect(classify({ ...line, ...definition, timeout_ms: probe.timeoutMs })).toBe(line.outcome)
      expect(readLine(JSON.stringify(definition)).ok && readLine(JSON.stringify(line)).ok).toBe(true)
      expect(JSON.stringify([line, definition])).not.toMatch(/simulator\.test|127\.0\.0\.1/)
    }
    expect(lines.map(({ outcome }) => outcome)).toEqual(['vantage_offline', 'connect_failed'])
    for (const { comeBack } of servers) await comeBack()
  })
})
