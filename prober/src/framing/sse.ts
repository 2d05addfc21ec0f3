import { type Frame, type Framer, type Framing, frameLimitBytes } from './frame.ts'
import { lineSplitter } from './lines.ts'

const fields = new Set(['data', 'event', 'id', 'retry', 'error'])
const junkLength = 4_096

/**
 * Server-sent events, with two allowances for what real servers do: a last event without its blank line is taken (and
 * marked), and a field named `error:`, as servers built on llama.cpp have sent it, is an event named `error`.
 * Comments are nothing: they prove that the line is open, and no more. What held lines and never an event was no event
 * stream; it is given as a body, for the dialect to make sense of or not.
 */
export const sse: Framing = () => {
  const split = lineSplitter()
  let event: string | null = null
  let data: string[] = []
  let size = 0
  let lastUs = 0
  let gaveUp = false
  let dispatched = false
  /** Lines that are none of an event stream. */
  let junk = ''

  const dispatch = (atUs: number, cut: boolean): readonly Frame[] => {
    const frame: Frame = { kind: 'event', event, data: data.join('\n'), atUs, cut }
    const isEmpty = data.length === 0
    dispatched ||= !isEmpty
    event = null
    data = []
    size = 0
    return isEmpty ? [] : [frame]
  }

  const take = (line: string): void => {
    const colon = line.indexOf(':')
    if (colon === 0) return
    const name = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1)
    if (name === 'event') event = value
    if (name === 'error') event = 'error'
    if (!fields.has(name) && junk.length < junkLength) junk += `${line.slice(0, junkLength)}\n`
    if (name !== 'data' && name !== 'error') return
    data.push(value)
    size += value.length + 1
  }

  const lines = (texts: readonly string[], atUs: number): readonly Frame[] => {
    const frames: Frame[] = []
    for (const line of texts) {
      if (line === '') frames.push(...dispatch(atUs, false))
      else take(line)
    }
    if (size + split.pending() <= frameLimitBytes) return frames
    gaveUp = true
    return [...frames, { kind: 'too_long', event: null, data: '', atUs, cut: true }]
  }

  return {
    push(bytes, atUs) {
      if (gaveUp) return []
      lastUs = atUs
      return lines(split.push(bytes), atUs)
    },
    end() {
      if (gaveUp) return []
      for (const line of split.end()) if (line !== '') take(line)
      const frames = dispatch(lastUs, true)
      if (dispatched || junk === '') return frames
      return [{ kind: 'body', event: null, data: junk, atUs: lastUs, cut: false }]
    },
  } satisfies Framer
}
