/** What somebody who waits is told: at most a line each two seconds, and nothing about what is quick. */
export interface Progress {
  readonly step: (what: string) => void
  readonly onRows: (table: string, rows: number) => void
}

interface Telling {
  readonly say: (text: string) => void
  readonly nowMs: () => number
  /** `archived`, `restored`, … */
  readonly done: string
}

const everyMs = 2_000

export const createProgress = ({ say, nowMs, done }: Telling): Progress => {
  let saidMs = nowMs()
  let sum = 0
  return {
    step: what => {
      sum = 0
      saidMs = nowMs()
      say(`${what}\n`)
    },
    onRows: (table, rows) => {
      sum += rows
      if (nowMs() - saidMs < everyMs) return
      saidMs = nowMs()
      say(`  ${sum.toLocaleString('en')} rows ${done}, now in ${table}\n`)
    },
  }
}
