import type { Probe } from '../probe.ts'

/** One line that is written over itself, for a person who waits. */
export interface Progress {
  readonly started: (probe: Probe) => void
  readonly ended: (probe: Probe) => void
  /** Takes the line away, so that what comes next stands at its place. */
  readonly over: () => void
}

export interface ProgressDeps {
  readonly planned: number
  readonly columns: number
  readonly write: (text: string) => void
  readonly nowMs: () => number
}

const clear = '\r\u001b[K'

export const createProgress = ({ planned, columns, write, nowMs }: ProgressDeps): Progress & { draw: () => void } => {
  const running: Probe[] = []
  const startedMs = nowMs()
  let ended = 0
  const draw = (): void => {
    const seconds = Math.floor((nowMs() - startedMs) / 1000)
    const names = running.map(({ provider, probe }) => `${provider} ${probe}`)
    const text = `${ended} of ${planned}  ${seconds} s  ${names.join(', ')}`
    // the last column stays free: a terminal that is written full goes to the next line
    write(clear + (text.length < columns ? text : `${text.slice(0, columns - 2)}…`))
  }
  return {
    draw,
    started(probe) {
      running.push(probe)
      draw()
    },
    ended(probe) {
      running.splice(running.indexOf(probe), 1)
      ended += 1
      draw()
    },
    over: () => write(clear),
  }
}

const tickMs = 500

interface Reader {
  readonly screen: { readonly err: { readonly columns: number } }
  readonly err: (text: string) => void
  readonly nowMs: () => number
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>
}

/** The line, and its seconds go on also where nothing happens. */
export const showProgress = ({ screen, err, nowMs, wait }: Reader, planned: number): Progress => {
  const line = createProgress({ planned, columns: screen.err.columns, write: err, nowMs })
  const ending = new AbortController()
  const tick = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      line.draw()
      await wait(tickMs, ending.signal)
    }
  }
  void tick()
  return {
    ...line,
    over() {
      ending.abort()
      line.over()
    },
  }
}

export const noProgress: Progress = { started: () => undefined, ended: () => undefined, over: () => undefined }
