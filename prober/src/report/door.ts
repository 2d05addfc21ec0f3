/** The aggregator's HTTP door as the rest of this room sees it: what was sent, what came back, when. */
export interface Door {
  readonly call: (request: DoorRequest) => Promise<DoorAnswer>
  readonly close: () => Promise<void>
}

export interface DoorRequest {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array | null
  readonly timeoutMs: number
  /** Where an answer may be longer than `mostAnswerBytes`. */
  readonly mostBytes?: number
}

/** `no_answer` in words for the operator; an answer that is too long is none. */
export type DoorAnswer = HttpAnswer | { readonly ok: false; readonly why: string }

export interface HttpAnswer {
  readonly ok: true
  readonly status: number
  readonly retryAfter: string | null
  readonly date: string | null
  readonly etag?: string | null
  /** The JSON object that the body is, or null: a captive portal answers 200 and HTML. */
  readonly json: Readonly<Record<string, unknown>> | null
  readonly sentMs: number
  readonly receivedMs: number
}

export const mostAnswerBytes = 64 * 1024

export const readJsonObject = (bytes: Uint8Array): HttpAnswer['json'] => {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'))
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? { ...value } : null
  } catch {
    return null
  }
}
