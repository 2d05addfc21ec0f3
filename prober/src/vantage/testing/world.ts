import type { ResultLine, SkipLine } from '@llmstatus/shared/result'
import { createFakeClock, type FakeClock } from '../../../test/fake-clock.ts'
import { okLine, testProbe } from '../../../test/test-probe.ts'
import { createReached, type Reached } from '../../egress/reached.ts'
import { createLog } from '../../log.ts'
import type { Measure, Probe } from '../../probe.ts'
import { type ControlSources, controlsOf } from '../control.ts'
import { createVantage, type Vantage } from '../vantage.ts'

/** Origins that are there or not, and a link to them that is there or not; time is made up. */
export interface World extends FakeClock {
  readonly vantage: Vantage
  readonly reached: Reached
  /** Of these hosts, `*` being the link, the ones that are away. */
  readonly away: Set<string>
  /** Whoever is away says nothing at all until a deadline passes, instead of refusing at once. */
  readonly silent: Set<string>
  /** These show their certificate and then nothing more. */
  readonly hanging: Set<string>
  /** What the vantage said on its own: lines of controls. */
  readonly said: readonly ResultLine[]
  readonly logged: readonly string[]
  /** Who showed a certificate, and when we were told. */
  readonly answers: readonly { readonly origin: string; readonly toldMs: number }[]
  readonly probeOf: (name: string, change?: Partial<Probe>) => Probe
  /** Measures it; time has to pass for it to end. */
  readonly run: (probe: Probe) => Promise<Measured>
}

export interface Measured {
  readonly line: ResultLine
  readonly startedMs: number
  readonly failedMs: number
  readonly endedMs: number
}

export interface WorldOptions extends Partial<Omit<ControlSources, 'probes'>> {
  readonly names: readonly string[]
  /** Hosts that lie inside: the link is not on the way to them. */
  readonly inside?: readonly string[]
  readonly reachedBefore?: readonly string[]
}

const startMs = Date.UTC(2026, 10, 20)
const answerMs = 100
const refusalMs = 50

export const originOf = (name: string): string => `https://${name}.example`

export const worldProbe = (name: string, change: Partial<Probe> = {}): Probe => {
  const probe = testProbe({ provider: name, ...change })
  return { ...probe, credential: { ...probe.credential, provider: name, origin: originOf(name), ...change.credential } }
}

export const createWorld = (options: WorldOptions): World => {
  const { names, inside = [], reachedBefore = [] } = options
  const fake = createFakeClock(startMs)
  const { clock, wait } = fake
  const away = new Set<string>()
  const silent = new Set<string>()
  const hanging = new Set<string>()
  const said: ResultLine[] = []
  const logged: string[] = []
  const answers: { origin: string; toldMs: number }[] = []
  const failedMs = new Map<string, number>()
  const insideOrigins = inside.map(originOf)
  const reached = createReached(reachedBefore.map(name => [originOf(name), startMs - 3_600_000]))
  const monoMs = () => clock.monoUs() / 1000

  const isAway = (origin: string): boolean => away.has(origin) || (away.has('*') && !insideOrigins.includes(origin))
  const isSilent = (origin: string): boolean => silent.has(origin) || silent.has('*')

  const hang: Measure = async (probe, slot, signal) => {
    const line = okLine(probe, slot, clock.nowMs())
    await wait(probe.timeoutMs, signal)
    failedMs.set(slot.id, monoMs())
    const us = { ...line.us, tls: answerMs * 1000, first_byte: null, last_byte: null }
    return { ...line, us, outcome: 'timeout', operation: 'first_byte', errno: 'ETIMEDOUT', http_status: null }
  }

  const measure: Measure = async (probe, slot, signal) => {
    const { origin } = probe.credential
    const atMs = clock.nowMs()
    const wasGone = isAway(origin)
    if (!wasGone && hanging.has(origin) && probe.type !== 'control') return hang(probe, slot, signal)
    await wait(wasGone ? (isSilent(origin) ? Math.min(probe.timeoutMs, 10_000) : refusalMs) : answerMs, signal)
    const line = okLine(probe, slot, atMs)
    if (!wasGone && !isAway(origin)) {
      reached.note(origin, clock.nowMs())
      answers.push({ origin, toldMs: monoMs() })
      const us = { ...line.us, tls: answerMs * 1000 }
      return probe.type === 'control' ? { ...line, us, http_status: null } : { ...line, us }
    }
    failedMs.set(slot.id, monoMs())
    const us = { ...line.us, tcp: null, tls: null, sent: null, first_byte: null, last_byte: null }
    const signalled = reached.within(origin, clock.nowMs()) ? null : 'never_reached'
    const errno = isSilent(origin) ? 'ETIMEDOUT' : 'ECONNREFUSED'
    return { ...line, us, outcome: 'connect_failed', operation: 'connect', errno, signal: signalled, http_status: null }
  }

  let ids = 0
  const newId = () => `id-${++ids}`
  const vantage = createVantage({
    ...fake,
    log: createLog('info', { write: text => void logged.push(JSON.parse(text).msg), form: 'lines' }),
    newId,
    controls: controlsOf({ listed: [], aggregator: null, ...options, probes: names.map(name => worldProbe(name)) }),
    measure,
    reached,
    sides: { isOutside: ({ origin }) => !insideOrigins.includes(origin) },
    say: async lines => void said.push(...(lines as readonly (ResultLine | SkipLine)[]).filter(isResult)),
  })
  return {
    ...fake,
    vantage,
    reached,
    away,
    silent,
    hanging,
    said,
    logged,
    answers,
    probeOf: worldProbe,
    run: async probe => {
      const id = newId()
      const startedMs = monoMs()
      const line = await vantage.measure(
        probe,
        { id, slotMs: clock.nowMs(), why: 'schedule' },
        new AbortController().signal,
      )
      return { line, startedMs, failedMs: failedMs.get(id) ?? monoMs(), endedMs: monoMs() }
    },
  }
}

const isResult = (line: ResultLine | SkipLine): line is ResultLine => !('skip' in line)
