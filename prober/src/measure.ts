import { placeholderValues } from './config/placeholders.ts'
import type { Send } from './credentials/send.ts'
import type { Asked, Dialect } from './dialects/dialect.ts'
import { dialectOf } from './dialects/dialects.ts'
import { createReader, type Reader } from './dialects/reading.ts'
import type { Refusal } from './egress/guard.ts'
import type { Reached } from './egress/reached.ts'
import { contentOf, endsTooSoon } from './measure/content.ts'
import { fillProbe } from './measure/fill.ts'
import { deadlinesOf } from './measure/limits.ts'
import { decisiveStamps, nothingRead, type Observation } from './measure/observation.ts'
import { resultLine } from './measure/result-line.ts'
import type { Clock, Measure, Probe, Random } from './probe.ts'
import type { Listener, PolicyRefusal } from './transport/attempt.ts'
import type { LoopMonitor } from './transport/loop-monitor.ts'
import type { Pace } from './transport/pacer.ts'

/**
 * One slot, from the question to its line: dialect.ask → send → transport → framing → dialect.read → facts → classify.
 * It never throws for what the network did.
 */
export interface MeasureDeps {
  readonly clock: Clock
  readonly random: Random
  readonly send: Send
  readonly monitor: LoopMonitor
  readonly pace: Pace
  readonly reached: Reached
  /** What calibration found a stamp to be off by when nothing else is going on. */
  readonly biasUs: () => number
  /** Told of what the guard would not let out. */
  readonly refused: (probe: Probe, reason: Refusal | PolicyRefusal) => void
}

export const createMeasure = (deps: MeasureDeps): Measure => {
  const observe = createObserve(deps)
  const { clock, reached, biasUs, refused } = deps
  return async (probe, slot, signal) => {
    const { asked, seen } = await observe(probe, signal)
    const { attempted } = seen
    const { origin } = probe.credential
    if (attempted.refusal !== null) refused(probe, attempted.refusal)
    if (isAnswered(probe, seen)) reached.note(origin, clock.nowMs())
    const tokens = tokenOrigin(probe)
    if (tokens !== null && isTokenAnswered(seen)) reached.note(tokens, clock.nowMs())
    const content = await contentOf(probe, asked.expected, seen)
    const where = attempted.failure?.fault === 'token_unreached' ? (tokens ?? origin) : origin
    const isReached = reached.within(where, clock.nowMs())
    const about = { content, endsTooSoon: endsTooSoon(asked.expected, seen) }
    return resultLine({ probe, slot, seen, ...about, isReached, biasUs: biasUs() })
  }
}

const isAnswered = ({ type }: Probe, { attempted: { head, failure, stamps } }: Observation): boolean =>
  head !== null || ((type === 'tcp' || type === 'control') && failure === null && stamps.tcp !== null)

const tokenOrigin = ({ credential: { auth } }: Probe): string | null =>
  auth !== null && 'exchange' in auth ? (auth.exchange?.origin ?? null) : null

/** One came, or a refusal did. */
const isTokenAnswered = ({ attempted: { carried, failure } }: Observation): boolean =>
  carried !== undefined || failure?.errno.startsWith('TOKEN_') === true

export interface Observed {
  readonly asked: Asked
  readonly seen: Observation
}

/** The part that touches the network, on its own: calibration wants the stamps and not the verdict. */
export const createObserve =
  (deps: Pick<MeasureDeps, 'clock' | 'random' | 'send' | 'monitor' | 'pace'>) =>
  async (probe: Probe, signal: AbortSignal): Promise<Observed> => {
    const { clock, random, send, monitor, pace } = deps
    const dialect = dialectOf(probe.dialect)
    const asked = fillProbe(probe, placeholderValues(random(8)))
    const input = {
      credential: probe.credential,
      ask: dialect.ask(asked),
      warmUp: probe.warmUp,
      options: optionsOf(probe, dialect),
    }
    const listener = createListener(dialect, asked)
    await pace()
    const watch = monitor.watch()
    const [atMs, startedUs] = [clock.nowMs(), clock.monoUs()]
    const attempted = await send(input, listener, signal)
    const reading = listener.reader()?.end() ?? nothingRead
    const loop = watch.end(decisiveStamps(attempted, reading))
    // what came before a warm connection was warm does not count
    const warmedUs = (attempted.countsFromUs ?? startedUs) - startedUs
    const began = { atMs: atMs + Math.round(warmedUs / 1000), startedUs: startedUs + warmedUs }
    return { asked, seen: { ...began, attempted, reading, loop } }
  }

const optionsOf = ({ type, timeoutMs, expected }: Probe, { goal, speaks }: Dialect) => ({
  goal,
  awaitsToken: speaks,
  // a port that opens is no control: a captive portal opens all of them
  wantsCertificate: type === 'control' || expected.certificate_days !== undefined,
  deadlines: deadlinesOf(timeoutMs),
})

const createListener = (dialect: Dialect, asked: Asked): Listener & { readonly reader: () => Reader | null } => {
  let reader: Reader | null = null
  return {
    head({ status, headers }) {
      reader = createReader(dialect, { status, asked, errorType: headers['x-amzn-errortype'] })
    },
    chunk: (bytes, atUs) => reader?.chunk(bytes, atUs) ?? 'waiting',
    reader: () => reader,
  }
}
