import type { Observed } from '../measure.ts'
import type { Probe } from '../probe.ts'
import type { Emitter } from './emitter.ts'
import { calibrationProbe } from './reference-probe.ts'

/**
 * How far a stamp of this prober is off: the time at which the reference's first token was handed to the kernel, against
 * the time that was measured for it. Rounds in which the loop was held are left out, because that is said of each result
 * on its own; what is left is what measuring itself costs here.
 */
export interface Calibration {
  readonly rounds: number
  /** Those that count. */
  readonly quiet: number
  readonly biasP50Us: number
  readonly biasP99Us: number
}

export interface CalibrateDeps {
  readonly emitter: Emitter
  readonly observe: (probe: Probe, signal: AbortSignal) => Promise<Observed>
}

/** The first ones of a process are slow: code is compiled, and memory asked for. They are measured and not counted. */
const warmingRounds = 3

export const calibrate = async (
  deps: CalibrateDeps,
  rounds: number,
  signal: AbortSignal,
): Promise<Calibration | null> => {
  const biasesUs: number[] = []
  for (let round = -warmingRounds; round < rounds && !signal.aborted; round += 1) {
    const biasUs = await oneRound(deps, `calibration ${round}`, signal)
    if (round >= 0 && biasUs !== null) biasesUs.push(biasUs)
  }
  if (biasesUs.length === 0) return null
  const sorted = biasesUs.toSorted((a, b) => a - b)
  return { rounds, quiet: sorted.length, biasP50Us: rank(sorted, 0.5), biasP99Us: rank(sorted, 0.99) }
}

const oneRound = async (
  { emitter, observe }: CalibrateDeps,
  mark: string,
  signal: AbortSignal,
): Promise<number | null> => {
  const { seen } = await observe(calibrationProbe(emitter.probe, mark), signal)
  const writtenUs = emitter.take(mark)?.writtenUs[0]
  const { firstTokenUs } = seen.reading
  if (writtenUs === undefined || firstTokenUs === null || seen.loop.heldUs > 0) return null
  return Math.max(0, firstTokenUs - writtenUs)
}

const rank = (sorted: readonly number[], quantile: number): number =>
  sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * quantile) - 1)] ?? 0
