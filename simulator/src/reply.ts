/** What a provider writes for one request: pure data, performed by serve/play.ts. */

/** open: before the first token · token: carries one · close: after the last · done: the closing sign · whole: a body that is no stream */
export type Part = 'open' | 'token' | 'close' | 'done' | 'whole'

export interface Step {
  /** After the step before it; for the first one, after the request was read. */
  readonly waitMs: number
  readonly bytes: Uint8Array
  readonly part: Part
  /** The last token that is complete with these bytes. */
  readonly token: number | null
}

/** end: the framing is closed · reset: RST · hang: nothing more comes, and nothing closes */
export type Ending = 'end' | 'reset' | 'hang'

export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Lazily made where there is no end to it. The head goes out with the first step: without one, no byte is written. */
  readonly steps: Iterable<Step>
  readonly ending: Ending
}

export const bytesOf = (text: string | Uint8Array): Uint8Array => Buffer.from(text)

/** A body in one piece. */
export const whole = (
  status: number,
  body: unknown,
  options: { readonly waitMs?: number; readonly headers?: Record<string, string> } = {},
): Reply => {
  const isText = typeof body === 'string'
  const type = isText ? typeOf(body) : 'application/json'
  const bytes = bytesOf(isText ? body : JSON.stringify(body))
  return {
    status,
    headers: { 'content-type': type, ...options.headers },
    steps: [{ waitMs: options.waitMs ?? 0, bytes, part: 'whole', token: null }],
    ending: 'end',
  }
}

/** As a server would call what it was given. */
const typeOf = (text: string): string => {
  if (/^\s*</.test(text)) return 'text/html; charset=utf-8'
  return /^\s*[{["]/.test(text) ? 'application/json' : 'text/plain; charset=utf-8'
}
