import type { Expected } from '@llmstatus/shared/definition'
import type { Quirks } from '@llmstatus/shared/provider-file'
import type { DefinitionLine, ProbeType, ResultLine } from '@llmstatus/shared/result'
import type { Secret } from '@llmstatus/shared/secret'

/** An HTTP proxy. It is asked to CONNECT to exactly an origin, and sees nothing of what passes. */
export interface HttpProxy {
  /** Exact scheme, host and port: `http://proxy.corp:3128`. Given locally, so it may be private. */
  readonly origin: string
  /** `user:password`, for the proxy alone. */
  readonly secret: Secret | null
  /** A PEM bundle in place of the system's, for a proxy that is itself spoken to over TLS. */
  readonly ca: string | null
}

/** How the aggregator is reached, wherever it is. */
export interface AggregatorWay {
  /** A PEM bundle in place of the system's. */
  readonly ca: string | null
  readonly proxy: AggregatorProxy | null
}

export interface AggregatorProxy extends HttpProxy {
  /** One for public addresses leaves the others, and what is not https, to the direct way. */
  readonly for: 'any_address' | 'public_addresses'
}

/** How a key says who asks. */
export type Auth =
  | {
      readonly header: string
      readonly scheme: 'bearer' | 'raw'
      readonly secret: Secret
      /** Where the key goes; its token then goes to the origin. Left out, the key itself does. */
      readonly exchange?: TokenExchange
    }
  /** The secret signs, and stays here. */
  | {
      readonly header: 'authorization'
      readonly scheme: 'aws_sigv4'
      readonly secret: Secret
      readonly signing: Signing
    }

export interface Signing {
  readonly keyId: Secret
  readonly session: Secret | null
  readonly service: string
  readonly region: string
}

/** One origin and one path, with a way of its own: all that a key that is exchanged may ever reach. */
export interface TokenExchange extends Pick<Credential, 'origin' | 'net' | 'ca' | 'proxy'> {
  readonly grant: 'google_jwt' | 'ibm_apikey'
  readonly path: string
  /** Whom an assertion is for: where the provider's file says that tokens are, wherever they are fetched here. */
  readonly audience: string
  readonly scope: string | null
}

/** Where a key may go. Made once at start, from the provider file and the local configuration, and never changed. */
export interface Credential {
  readonly name: string
  readonly provider: string
  /** Exact scheme, host and port: `https://api.openai.com`. */
  readonly origin: string
  /** Null on a keyless or open target. */
  readonly auth: Auth | null
  /** Fixed headers of the provider file; never from a definition. */
  readonly headers: Readonly<Record<string, string>>
  /** `METHOD /path` pairs this credential may be used for; nothing else is sent. */
  readonly allow: readonly string[]
  /** Whether a private address is expected here: only where the origin was given locally. */
  readonly net: { readonly private: boolean; readonly cidrs: readonly string[] }
  /** A PEM bundle in place of the system's, for a private authority. */
  readonly ca: string | null
  /** Null is the direct way. */
  readonly proxy: HttpProxy | null
}

/** What is asked, once. A dialect turns it into bytes. */
export interface Question {
  readonly model: string
  readonly system: string | null
  readonly messages: readonly { readonly role: 'system' | 'user' | 'assistant'; readonly content: string }[]
  readonly maxTokens: number
  readonly stream: boolean
  readonly reasoning: boolean
}

/** What is asked first, so that a connection is warm. Its answer is read to the end and forgotten. */
export interface WarmUp {
  readonly method: 'GET' | 'HEAD'
  readonly path: string
  /** Whether it carries the key: not where the edge answers without one. */
  readonly keyed: boolean
}

/** One thing to measure, again and again: everything a slot needs but its time. */
export interface Probe {
  readonly provider: string
  readonly model: string | null
  /** The definition's name, or the suites' name. */
  readonly probe: string
  readonly type: ProbeType
  readonly dialect: string
  /** What its provider chats in, where it is asked in plain HTTP: its errors are written in the words of that. */
  readonly speaks?: string
  readonly def: string
  readonly credential: Credential
  readonly origin: DefinitionLine['origin']
  readonly method: 'GET' | 'HEAD' | 'POST'
  /** Relative to the credential's origin, `{model}` already filled. */
  readonly path: string
  /** Left out, the connection is cold. */
  readonly warmUp?: WarmUp
  readonly question: Question | null
  /** What stands in the body beside the question: an account's project, a version. */
  readonly fields?: Readonly<Record<string, string>>
  readonly expected: Expected
  readonly quirks: Quirks
  readonly rateLimitHeaders: {
    readonly requests?:
      | { limit?: string | undefined; remaining?: string | undefined; reset?: string | undefined }
      | undefined
    readonly tokens?:
      | { limit?: string | undefined; remaining?: string | undefined; reset?: string | undefined }
      | undefined
  }
  /** Dollars per million tokens; null where unknown, and then the cost is null too. */
  readonly price: { readonly input: number; readonly output: number } | null
  readonly everyMs: number
  readonly timeoutMs: number
  readonly sla: DefinitionLine['sla']
  readonly billed: boolean
  readonly reasoning: boolean
}

export interface Slot {
  readonly id: string
  readonly slotMs: number
  readonly why: ResultLine['why']
}

/** The one way to measure: a probe and its slot in, a result line out. It never throws for what the network did. */
export type Measure = (probe: Probe, slot: Slot, signal: AbortSignal) => Promise<ResultLine>

/** Real or fake: everything that is not a value. */
export interface Clock {
  /** Wall clock, for `at` and `slot`. */
  readonly nowMs: () => number
  /** Monotonic microseconds, for everything that is a difference. */
  readonly monoUs: () => number
}
export type Random = (bytes: number) => Uint8Array
