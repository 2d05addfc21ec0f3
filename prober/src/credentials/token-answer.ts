import { Secret, standsIn } from '@llmstatus/shared/secret'
import { z } from 'zod'
import type { TokenFault } from '../transport/attempt.ts'

/**
 * What came back where a token was asked for: pure. It is somebody else's word and goes into a header, so it is believed
 * only in its exact form.
 */
export interface Asked {
  readonly key: Secret
  /** What was posted: the key itself, or an assertion that is as good as one. */
  readonly body: string
}

export type TokenAnswer =
  | { readonly ok: true; readonly token: Secret; readonly lifetimeMs: number }
  | { readonly ok: false; readonly fault: TokenFault }

const Answer = z.object({
  access_token: z.string().regex(/^[\x21-\x7e]{8,8192}$/),
  token_type: z
    .string()
    .regex(/^bearer$/i)
    .optional(),
  expires_in: z.unknown(),
})

export const readTokenAnswer = (status: number, text: string, asked: Asked): TokenAnswer => {
  const fault = faultOf(status)
  if (fault !== null) return { ok: false, fault }
  const answer = Answer.safeParse(jsonOf(text))
  // who gives back what was handed in wants it carried to another origin
  if (!answer.success || isEcho(answer.data.access_token, asked)) return { ok: false, fault: 'token_unreadable' }
  return { ok: true, token: new Secret(answer.data.access_token), lifetimeMs: lifetimeOf(answer.data.expires_in) }
}

const refusals: ReadonlySet<number> = new Set([400, 401, 403])

const faultOf = (status: number): TokenFault | null => {
  if (status >= 200 && status < 300) return null
  if (status >= 300 && status < 400) return 'token_redirected'
  if (refusals.has(status)) return 'token_rejected'
  return status === 429 ? 'token_limited' : 'token_failed'
}

const isEcho = (token: string, { key, body }: Asked): boolean =>
  standsIn(key, token) ||
  body.includes(token) ||
  [...new URLSearchParams(body).values()].some(part => token.includes(part))

const longestMs = 3_600_000
const soonMs = 120_000

/** How long it may be used: never longer than an hour, whatever it says, and not to its last minutes. What says nothing of use is good for once. */
const lifetimeOf = (expiresIn: unknown): number => {
  const seconds = typeof expiresIn === 'number' || typeof expiresIn === 'string' ? Number(expiresIn) : Number.NaN
  return seconds > 0 ? Math.max(0, Math.min(seconds * 1000, longestMs) - soonMs) : 0
}

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
