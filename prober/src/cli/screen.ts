import type { Screen } from './shell.ts'

interface Stream {
  readonly isTTY?: boolean
  readonly columns?: number
}

/** Wide enough for everything, and what a file or a pipe gets. */
const pageColumns = 120

export const screenOf = (stream: Stream, env: Readonly<Record<string, string | undefined>>): Screen => {
  const isTerminal = stream.isTTY === true
  return {
    isTerminal,
    // no-color.org: whatever it is set to, as long as it is not empty
    hasColours: isTerminal && !env.NO_COLOR && env.TERM !== 'dumb',
    columns: isTerminal && stream.columns ? stream.columns : pageColumns,
  }
}
