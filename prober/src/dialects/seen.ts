import { unreachable } from '@llmstatus/shared/errors'
import type { ResultLine } from '@llmstatus/shared/result'
import type { Fact, Finish } from './dialect.ts'

/** What is known of an answer so far: facts folded, one at a time. Pure. */
export interface Seen {
  readonly firstTokenUs: number | null
  readonly firstVisibleUs: number | null
  readonly tokens: ResultLine['tokens']
  readonly finish: Finish
  readonly model: string | null
  readonly headroom: ResultLine['rate_limit']
  readonly text: string
  readonly error: string | null
  /** The dialect's closing sign has come. */
  readonly isClosed: boolean
  readonly isUnreadable: boolean
}

export const nothing: Seen = {
  firstTokenUs: null,
  firstVisibleUs: null,
  tokens: { in: null, out: null, reasoning: null },
  finish: 'none',
  model: null,
  headroom: null,
  text: '',
  error: null,
  isClosed: false,
  isUnreadable: false,
}

const maxTextLength = 4 << 20

export const fold = (seen: Seen, fact: Fact, atUs: number): Seen => {
  switch (fact.fact) {
    case 'token':
      return { ...seen, firstTokenUs: seen.firstTokenUs ?? atUs }
    case 'text':
      return fact.text === '' ? seen : withText(seen, fact.text, atUs)
    case 'usage':
      return { ...seen, tokens: latest(seen.tokens, fact) }
    case 'finish':
      // what a filter stopped stays stopped by it
      return seen.finish === 'filter' ? seen : { ...seen, finish: fact.finish }
    case 'model':
      return { ...seen, model: seen.model ?? printable(fact.model) }
    case 'headroom':
      return { ...seen, headroom: seen.headroom ?? fact.headroom }
    case 'end':
      return { ...seen, isClosed: true }
    case 'error':
      return { ...seen, error: seen.error ?? fact.signal }
    case 'unreadable':
      return { ...seen, isUnreadable: true }
    default:
      return unreachable(fact)
  }
}

export const isToken = (fact: Fact): boolean => fact.fact === 'token' || (fact.fact === 'text' && fact.text !== '')

const withText = (seen: Seen, text: string, atUs: number): Seen => ({
  ...seen,
  firstTokenUs: seen.firstTokenUs ?? atUs,
  firstVisibleUs: seen.firstVisibleUs ?? atUs,
  text: seen.text.length < maxTextLength ? seen.text + text : seen.text,
})

/** Last wins, and silence takes nothing back: some count as they go, some only at the end. */
const latest = (tokens: Seen['tokens'], usage: Extract<Fact, { fact: 'usage' }>): Seen['tokens'] => ({
  in: counted(usage.in) ?? tokens.in,
  out: counted(usage.out) ?? tokens.out,
  reasoning: counted(usage.reasoning) ?? tokens.reasoning,
})

/** More than a result line can carry is no count of tokens. */
const maxCount = 1_000_000_000
const counted = (count: number | null): number | null => (count !== null && count <= maxCount ? count : null)

/** A name from outside: printable ASCII, and not for ever. */
const printable = (name: string): string | null =>
  name
    .replace(/[^\x20-\x7e]/g, '')
    .slice(0, 128)
    .trim() || null
