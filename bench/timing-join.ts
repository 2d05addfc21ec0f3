import type { LogEntry } from '@llmstatus/simulator'

/** What a client says of one stream, against what the simulator did. All times are CLOCK_MONOTONIC in microseconds. */
export interface Timed {
  /** Asked for under a name of its own, by which its lines in the log are found. */
  readonly model: string
  /** Where this client's own time to first token begins. */
  readonly startedUs: number
  readonly firstTokenUs: number
  readonly endUs: number
}

export interface Errors {
  /** First token: the client's stamp − the write. */
  readonly firstTokenMs: number
  /** The whole answer: the client's stamp − the last write. */
  readonly totalMs: number
  /** What the client calls its time to first token − from the request read to the first token written. */
  readonly waitMs: number
}

export const leastTokens = 20

/** One stream's errors. A stream that cannot be joined is a fault of the bench, not a measurement. */
export const errorsOf = (timed: Timed, log: readonly LogEntry[]): Errors => {
  const asked = log.filter(({ event, model }) => event === 'request' && model === timed.model)
  const [request] = asked
  if (request === undefined || asked.length > 1) throw new Error(`${asked.length} requests for ${timed.model}`)
  const writes = log.filter(({ event, req }) => event === 'write' && req === request.req)
  const first = writes.find(({ token }) => token === 1)
  const last = writes.at(-1)
  const tokens = writes.filter(({ token }) => token !== null).length
  if (first === undefined || last === undefined || tokens < leastTokens)
    throw new Error(`${tokens} tokens were written for ${timed.model}`)
  const errors = {
    firstTokenMs: (timed.firstTokenUs - first.t_us) / 1000,
    totalMs: (timed.endUs - last.t_us) / 1000,
    waitMs: (timed.firstTokenUs - timed.startedUs - (first.t_us - request.t_us)) / 1000,
  }
  if (Object.values(errors).some(Number.isNaN)) throw new Error(`${timed.model} did not come to its end`)
  return errors
}

/** Nearest rank, of how far off it was: too early is as wrong as too late. */
export const quantileOf = (errorsMs: readonly number[], quantile: number): number => {
  const sorted = errorsMs.map(Math.abs).sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * quantile) - 1)] ?? Number.NaN
}
