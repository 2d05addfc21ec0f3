import { type Frame, type Framer, type Framing, frameLimitBytes } from './frame.ts'
import { lineSplitter } from './lines.ts'

/**
 * Newline-delimited JSON: one line is one event, and an empty line is nothing. A CR inside JSON can only be white space,
 * so that cutting there as well breaks no value that a server writes on one line.
 */
export const ndjson: Framing = () => {
  const split = lineSplitter()
  let lastUs = 0
  let gaveUp = false

  const event = (data: string, cut: boolean): Frame => ({ kind: 'event', event: null, data, atUs: lastUs, cut })
  const isSomething = (line: string) => line.trim() !== ''

  return {
    push(bytes, atUs) {
      if (gaveUp) return []
      lastUs = atUs
      const frames = split
        .push(bytes)
        .filter(isSomething)
        .map(line => event(line, false))
      if (split.pending() <= frameLimitBytes) return frames
      gaveUp = true
      return [...frames, { kind: 'too_long', event: null, data: '', atUs, cut: true }]
    },
    end() {
      if (gaveUp) return []
      return split
        .end()
        .filter(isSomething)
        .map(line => event(line, true))
    },
  } satisfies Framer
}
