import type { Frame } from '../framing/frame.ts'
import type { Answer } from './dialect.ts'
import { type ErrorBody, errorBody, named } from './error-body.ts'
import { isChallenge } from './html-page.ts'
import { parseJson } from './json.ts'

/**
 * What all dialects do with a frame before they look for their own words in it: an error is an error whatever the
 * status, and what cannot be read is said. Null of facts: there is a value, and it is the dialect's to read.
 */
export type Opened<S extends string> =
  | { readonly facts: null; readonly value: unknown }
  | { readonly facts: readonly (ErrorFact<S | 'edge_challenge' | 'unauthorized'> | { readonly fact: 'unreadable' })[] }

interface ErrorFact<S extends string> {
  readonly fact: 'error'
  readonly signal: S
}

export type SignalFor<S extends string> = (error: ErrorBody, httpStatus: number) => S | null

export const openFrame = <S extends string>(frame: Frame, answer: Answer, signalFor: SignalFor<S>): Opened<S> => {
  if (frame.kind === 'too_long' || frame.kind === 'damaged') return { facts: [{ fact: 'unreadable' }] }
  const json = parseJson(frame.data)
  // an error event says something even where it is no JSON
  const value = json.ok ? json.value : frame.event === 'error' ? frame.data : undefined
  if (value === undefined) return { facts: textFacts(frame, answer) }
  const error = errorBody(value, answer.status >= 400 || frame.event === 'error')
  if (error === null) return { facts: null, value }
  const signal = signalFor(named(error, answer.errorType), answer.status) ?? unexplained(answer)
  return { facts: signal === null ? [] : [{ fact: 'error', signal }] }
}

/** Where no word says why: some refuse a key under a status that means something else elsewhere. */
const unexplained = ({ status, asked }: Answer) => (status === asked.quirks.bad_key_status ? 'unauthorized' : null)

/** Not JSON: an edge's page, a broken event, or chatter between events. */
const textFacts = (frame: Frame, answer: Answer) => {
  if (frame.kind === 'body' && isChallenge(frame.data, answer.status))
    return [{ fact: 'error', signal: 'edge_challenge' }] as const
  const unreadable = [{ fact: 'unreadable' }] as const
  const isPage = /^\s*</.test(frame.data)
  const signal = isPage ? null : unexplained(answer)
  if (frame.kind === 'body') return signal === null ? unreadable : ([{ fact: 'error', signal }] as const)
  // cut off at the end, it is the end that is missing; and what never was JSON is none of ours
  const isChatter = !/^\s*[{[]/.test(frame.data) || frame.data.trim() === '[DONE]'
  return frame.cut || isChatter ? [] : unreadable
}
