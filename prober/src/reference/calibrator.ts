import { type CalibrateDeps, type Calibration, calibrate } from './calibrate.ts'

/** Calibration that is kept up to date: what the last one found goes into every result's uncertainty. */
export interface Calibrator {
  /** Null where no round could be used; the one before then stays. */
  readonly run: (rounds: number) => Promise<Calibration | null>
  readonly biasUs: () => number
  readonly close: () => void
}

const againMs = 3_600_000
const roundsAgain = 30

/** Measures again every hour until it is closed. The first time is up to who makes it. */
export const createCalibrator = (deps: CalibrateDeps): Calibrator => {
  const closing = new AbortController()
  let last: Calibration | null = null
  const run = async (rounds: number): Promise<Calibration | null> => {
    const found = await calibrate(deps, rounds, closing.signal)
    last = found ?? last
    return found
  }
  const timer = setInterval(() => void run(roundsAgain), againMs)
  timer.unref()
  return {
    run,
    biasUs: () => last?.biasP99Us ?? 0,
    close() {
      clearInterval(timer)
      closing.abort()
    },
  }
}
