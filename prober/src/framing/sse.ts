import { type Frame, type Framer, type Framing, frameLimitBytes } from './frame.ts'
import { lineSplitter } from './lines.ts'

/**
 * Server-sent events, with two allowances for what real servers do: a last event without its blank line is taken (and
 * marked), and a field named `error:`, as servers built on llama.cpp have sent it, is an event named `error`.
 * Comments are nothing: they prove that the line is open, and no more.
 */
export const sse: Framing = () => {
  const split = lineSplitter()
  let event: string | null = null
  let data: string[] = []
  let size = 0
  let lastUs = 0
  let gaveUp = false

  const dispatch = (atUs: number, cut: boolean): readonly Frame[] => {
    const frame: Frame = { kind: 'event', event, data: data.join('\n'), atUs, cut }
    const isEmpty = data.length === 0
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
      return dispatch(lastUs, true)
    },
  } satisfies Framer
}
