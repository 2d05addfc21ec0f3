import type { Part } from '../reply.ts'
import type { Ask, Said } from '../speech/speak.ts'

/** Pure: a request in, what it asks; what is said in, bytes out. Time, scenarios and sockets are elsewhere. */
export interface Dialect {
  readonly name: string
  /** Where the key stands, unless the provider has it elsewhere. */
  readonly auth: Auth | null
  /** Paths are relative to the provider's base. */
  readonly routes: readonly Route[]
  readonly streamType: string
  /** On every healthy answer. */
  readonly headers: Readonly<Record<string, string>>
  readonly listing: (models: readonly string[]) => unknown
  readonly whole: (said: Said, quirks: Quirks) => unknown
  readonly frames: (said: Said, quirks: Quirks) => readonly Frame[]
  /** Where it has any. */
  readonly embeddings?: (ask: EmbedAsk, vectors: readonly (readonly number[])[]) => unknown
  /** Documented error bodies by name. For a status the first one of that status is meant. */
  readonly errors: Readonly<Record<RequiredError, ErrorForm> & Record<string, ErrorForm>>
  /** The shape of an error that nobody documented. */
  readonly plainError: (status: number, message: string) => unknown
  /** An error after the stream has begun. */
  readonly errorFrames: (error: ErrorForm, quirks: Quirks) => string | Uint8Array
}

export interface Auth {
  readonly header: string
  readonly scheme: 'bearer' | 'raw'
  /** A query parameter that may carry the key instead. */
  readonly query?: string
}

export interface Route {
  readonly method: 'GET' | 'POST'
  /** `{name}` matches up to the next slash or colon, `{name+}` slashes too. */
  readonly path: string
  /** Answered without a key. */
  readonly open?: true
  readonly read: (incoming: Incoming) => Intent
}

export interface Incoming {
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  /** Undefined where it is neither JSON nor a form. */
  readonly body: unknown
}

export type Intent =
  | { readonly kind: 'chat'; readonly ask: Ask }
  | { readonly kind: 'embeddings'; readonly ask: EmbedAsk }
  | { readonly kind: 'listing' }
  | { readonly kind: 'fixed'; readonly body: unknown }
  | { readonly kind: 'refused'; readonly error: string }

export interface EmbedAsk {
  readonly model: string
  readonly inputs: readonly string[]
}

export interface Frame {
  readonly part: Exclude<Part, 'whole'>
  /** Bytes where the framing is none of text. */
  readonly text: string | Uint8Array
}

export type RequiredError = 'no_key' | 'wrong_key' | 'unknown_model' | 'bad_request' | 'not_found' | 'server_error'

export interface ErrorForm {
  readonly status: number
  /** A string goes out as it is: an edge's HTML page, a bare word. */
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** Where a relative of a dialect differs from it: data on the provider, never a branch on its id. */
export interface Quirks {
  /** Comment lines while the request waits. */
  readonly comment?: string
  /** false: no [DONE] at the end. */
  readonly done?: boolean
  /** When a stream counts tokens; `x_groq` is always, and there. */
  readonly usage?: 'asked' | 'always' | 'never' | 'x_groq'
  /** filter: a first chunk without choices. */
  readonly opening?: 'role' | 'filter'
  readonly reasoningField?: 'reasoning_content' | 'reasoning'
  /** Random padding in every chunk. */
  readonly obfuscation?: boolean
  /** What an error in a stream looks like: a data line, the same and [DONE], `event: error`, a field named `error:`, a finish reason. */
  readonly streamError?: 'data' | 'data_done' | 'event' | 'field' | 'finish'
}
