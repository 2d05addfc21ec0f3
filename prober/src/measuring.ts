import { createSend } from './credentials/send.ts'
import { createReached, type Reached } from './egress/reached.ts'
import type { Log } from './log.ts'
import { createMeasure, createObserve } from './measure.ts'
import type { Clock, Measure, Probe, Random } from './probe.ts'
import type { ReachedEntries } from './reached-file.ts'
import { type Calibration, calibrate } from './reference/calibrate.ts'
import { createCalibrator } from './reference/calibrator.ts'
import { startEmitter } from './reference/emitter.ts'
import { createLoopMonitor } from './transport/loop-monitor.ts'
import { createPacer } from './transport/pacer.ts'
import { systemResolve } from './transport/resolve.ts'
import { createTransport } from './transport/transport.ts'
import { createSides, type Sides } from './vantage/sides.ts'

/** The measuring path, put together once: warmed and calibrated on the reference before the first real probe, and hourly. */
export interface Measuring {
  readonly measure: Measure
  /** The program's own probes, before the configured ones: the reference. */
  readonly probes: readonly Probe[]
  readonly reached: Reached
  /** Where names were seen to lead. */
  readonly sides: Sides
  /** Measures the reference so many times; null where this machine is too busy to say. */
  readonly calibrate: (rounds: number, signal: AbortSignal) => Promise<Calibration | null>
  readonly close: () => Promise<void>
}

export interface MeasuringDeps {
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly reached: ReachedEntries
}

const calibrationRounds = 20

export const startMeasuring = async ({ clock, random, log, reached: known }: MeasuringDeps): Promise<Measuring> => {
  const reached = createReached(known)
  const sides = createSides()
  const send = createSend(createTransport({ clock, resolve: sides.watching(systemResolve) }), clock)
  const path = { clock, random, send, monitor: createLoopMonitor(clock), pace: createPacer(clock) }
  const emitter = await startEmitter(clock)
  const againstReference = { emitter, observe: createObserve(path) }
  const calibrator = createCalibrator(againstReference)
  const calibration = await calibrator.run(calibrationRounds)
  if (calibration === null) log.warn('this machine is too busy to say how well it measures')
  else log.info({ p50_us: calibration.biasP50Us, p99_us: calibration.biasP99Us }, 'measuring is calibrated')
  return {
    measure: createMeasure({
      ...path,
      reached,
      biasUs: calibrator.biasUs,
      refused: ({ provider, model, probe, type }, reason) => {
        // an aggregator inside is as it should be, and no control
        const level = type === 'control' && provider === 'aggregator' ? 'debug' : 'warn'
        log[level]({ provider, model, probe, reason }, 'the guard let nothing out')
      },
    }),
    probes: [emitter.probe],
    reached,
    sides,
    calibrate: (rounds, signal) => calibrate(againstReference, rounds, signal),
    close: () => {
      calibrator.close()
      return emitter.close()
    },
  }
}
