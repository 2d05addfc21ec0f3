import { setTimeout as sleep } from 'node:timers/promises'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Clock } from '../prober/src/probe.ts'
import { createPacer } from '../prober/src/transport/pacer.ts'
import type { Bench, BenchContext, Measurement } from './bench.ts'
import { noLimit, summarise } from './measure.ts'
import { type SimulatorProcess, startSimulator } from './simulator-process.ts'
import { type Errors, errorsOf, quantileOf, type Timed } from './timing-join.ts'
import { type Client, openaiClient, plainFetch } from './timing-peers.ts'
import { type Measured, type MeasuredProber, startProber } from './timing-prober.ts'

/**
 * How far a first token's time is from what happened: fifty TLS streams at once against the simulator in a process of
 * its own, and what it says it wrote. The same streams, with starts as far apart, through two clients that others use.
 *
 * Rounds of the three take turns, so that what else the machine does is done to all of them.
 */

const streams = 50
/** A run is some rounds together: of fifty streams alone the 99th percentile would be the worst one. */
const runs = 5
const roundsPerRun = 7
const settleMs = 40

/** It takes any name for a model. */
const provider = 'vllm'
const originOf = ({ origins }: SimulatorProcess): string => origins[provider]?.https ?? ''
const pacing = ['--first-token-ms', '120', '--per-token-ms', '15', '--jitter', '0.3']

const clock: Clock = { nowMs: () => Date.now(), monoUs: () => Number(process.hrtime.bigint() / 1000n) }

export const bench = {
  about: `error of first token and end, ${streams} TLS streams at once: the prober, the openai client, fetch`,
  run: async context => {
    const simulator = await startSimulator([provider], pacing)
    const authorities = getCACertificates('default')
    try {
      setDefaultCACertificates([...authorities, simulator.ca])
      const prober = await startProber({ origin: originOf(simulator), ca: simulator.ca, clock })
      const measured = await runAll(context, { simulator, prober })
      await prober.close()
      return measured
    } finally {
      setDefaultCACertificates(authorities)
      await simulator.stop()
    }
  },
} satisfies Bench

interface Parties {
  readonly simulator: SimulatorProcess
  readonly prober: MeasuredProber
}

interface Stream {
  readonly timed: Timed & Partial<Measured>
  readonly errors: Errors
}

const runAll = async ({ note }: BenchContext, { simulator, prober }: Parties): Promise<readonly Measurement[]> => {
  const { biasP50Us, biasP99Us } = prober.calibration ?? {}
  note(`calibrated on the reference: p50 ${biasP50Us ?? '?'} µs, p99 ${biasP99Us ?? '?'} µs`)
  const clients = clientsOf({ simulator, prober })
  const found = new Map(Object.keys(clients).map(name => [name, Array.from({ length: runs }, (): Stream[] => [])]))
  const collect = garbageCollector()
  for (let round = 0; round <= runs * roundsPerRun; round++) {
    for (const [name, client] of inTurn(Object.entries(clients), round)) {
      collect()
      const measured = await oneRound(client, { simulator, mark: `${name}-${round}` })
      if (round > 0) found.get(name)?.[Math.ceil(round / roundsPerRun) - 1]?.push(...measured)
    }
    if (round > 0 && round % roundsPerRun === 0) note(`run ${round / roundsPerRun} of ${runs}`)
  }
  note(selfKnowledge(found.get('50_streams')?.flat() ?? []))
  return [...found].flatMap(([name, each]) => measurementsOf(name, each))
}

const clientsOf = ({ simulator, prober }: Parties): Readonly<Record<string, Client>> => {
  const deps = { origin: originOf(simulator), monoUs: clock.monoUs }
  return {
    '50_streams': prober.measure,
    openai_client: paced(openaiClient(deps)),
    fetch: paced(plainFetch(deps)),
  }
}

/** Each is the first of a round as often as the others. */
const inTurn = <T>(all: readonly T[], round: number): readonly T[] => {
  const first = round % all.length
  return [...all.slice(first), ...all.slice(0, first)]
}

/** So that nobody's stream waits while another one's garbage is collected. */
const garbageCollector = (): (() => void) => {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as () => void
}

/** The prober keeps its starts apart by itself; the others are given the same. */
const paced = (client: Client): Client => {
  const pace = createPacer(clock)
  return async model => {
    await pace()
    return client(model)
  }
}

const oneRound = async (
  client: Client,
  { simulator, mark }: { readonly simulator: SimulatorProcess; readonly mark: string },
): Promise<readonly Stream[]> => {
  const sinceUs = clock.monoUs()
  const all = await Promise.all(Array.from({ length: streams }, (_, n) => client(`${mark}-${n}`)))
  await sleep(settleMs)
  const log = await simulator.logSince(sinceUs)
  return all.map(timed => ({ timed, errors: errorsOf(timed, log) }))
}

const metrics = [
  ['first_token_error_p50_ms', 'firstTokenMs', 0.5],
  ['first_token_error_p99_ms', 'firstTokenMs', 0.99],
  ['total_error_p99_ms', 'totalMs', 0.99],
  ['wait_error_p50_ms', 'waitMs', 0.5],
  ['wait_error_p99_ms', 'waitMs', 0.99],
] as const satisfies readonly (readonly [string, keyof Errors, number])[]

const measurementsOf = (name: string, each: readonly (readonly Stream[])[]): readonly Measurement[] =>
  metrics.map(([metric, key, quantile]) => ({
    case: name,
    metric,
    unit: 'ms',
    ...summarise(
      each.map(run =>
        quantileOf(
          run.map(({ errors }) => errors[key]),
          quantile,
        ),
      ),
    ),
    ...noLimit,
  }))

/** What lies between a write and its arrival in another process is nobody's error. */
const wayMs = 1

/** Whether the prober knew: how often an error was larger than its line admits, and what it held against itself. */
const selfKnowledge = (measured: readonly Stream[]): string => {
  const beyond = measured.filter(({ timed, errors }) => errors.firstTokenMs > wayMs + (timed.uncertaintyUs ?? 0) / 1000)
  const busy = measured.filter(({ timed }) => timed.outcome === 'prober_overloaded')
  const percent = (part: readonly unknown[]) => `${((part.length / measured.length) * 100).toFixed(1)} %`
  return `errors of more than ${wayMs} ms beyond their line's uncertainty: ${percent(beyond)}; lines that blame the prober: ${percent(busy)}`
}
