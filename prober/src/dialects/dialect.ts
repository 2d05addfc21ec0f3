import type { signals } from '@llmstatus/shared/classify'
import type { RateLimit, ResultLine } from '@llmstatus/shared/result'
import type { Frame, Framing } from '../framing/frame.ts'
import type { Probe } from '../probe.ts'

/**
 * A dialect only speaks: ask in, facts out. It is pure, keeps nothing between two frames, and opens no socket. What
 * differs between relatives of one dialect is data (`quirks`), never a branch on a provider's id.
 */

/** What of a probe a dialect may know. */
export type Asked = Pick<Probe, 'method' | 'path' | 'speaks' | 'question' | 'fields' | 'expected' | 'quirks'>

/** One request, without an origin and without a key. */
export interface Ask {
  readonly method: Probe['method']
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
}

/** What stands above the frames: the status, and what was asked. */
export interface Answer {
  readonly status: number
  /** Where a header has the name of an error, and its body only the words. */
  readonly errorType?: string | undefined
  readonly asked: Asked
}

export type DialectName = keyof typeof signals
export type SignalOf<N extends DialectName> = N extends DialectName ? keyof (typeof signals)[N] & string : never

export type Finish = ResultLine['finish']

export type Fact<N extends DialectName = DialectName> =
  /** Text for the user. An empty one is no token. */
  | { readonly fact: 'text'; readonly text: string }
  /** Generated, and not for the user: reasoning, a tool's arguments. */
  | { readonly fact: 'token' }
  /** Tokens as counted by the provider; null where it does not say. The last one counts. */
  | {
      readonly fact: 'usage'
      readonly in: number | null
      readonly out: number | null
      readonly reasoning: number | null
    }
  | { readonly fact: 'finish'; readonly finish: Finish }
  | { readonly fact: 'model'; readonly model: string }
  /** What the answer itself says of the key's limits; headers are read elsewhere. */
  | { readonly fact: 'headroom'; readonly headroom: RateLimit }
  /** The dialect's closing sign. */
  | { readonly fact: 'end' }
  /** Nothing comes after it that could matter more. */
  | { readonly fact: 'error'; readonly signal: SignalOf<N> }
  | { readonly fact: 'unreadable' }

export interface Dialect<N extends DialectName = DialectName> {
  readonly name: N
  /** How far a probe goes: an open connection, or an answer. */
  readonly goal: 'connection' | 'answer'
  /** Whether its answers are made of tokens, so that a first one can be waited for. */
  readonly speaks: boolean
  /** Where answers are a value and no text: a success without the closing sign of that value has no content. */
  readonly owesValue?: true
  readonly ask: (asked: Asked) => Ask
  readonly framing: (answer: Answer) => Framing
  readonly read: (frame: Frame, answer: Answer) => readonly Fact<N>[]
  /** Whether a finish reason closes a stream, because no other sign is promised. */
  readonly finishCloses: (asked: Asked) => boolean
}
