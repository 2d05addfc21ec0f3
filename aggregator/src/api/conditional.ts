import { createHash } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/**
 * What somebody already has is not sent again (RFC 9110, 13).
 *
 * Invariants
 * - A tag is weak: it stands for what is said, and not for the moment at which it was read. `as_of` and how far back a
 *   window reaches make no new answer. That nothing has come for ten seconds more does: else nobody would hear of a silence
 *   who asks again and again.
 * - What was read before the database went away has another tag than the same while it is there: whoever holds a fresh
 *   answer is told that it is old now.
 */
export const etagOf = (body: unknown, ageMs: number): string => {
  const said = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body, timeless)
  const digest = createHash('sha256')
    .update(said)
    .update(ageMs > 0 ? ' as it was' : '')
    .digest('base64url')
  return `W/"${digest.slice(0, 22)}"`
}

const silenceS = 10

const timeless = (key: string, value: unknown): unknown => {
  if (key === 'as_of' || key === 'window_s') return undefined
  return key === 'stale_s' && typeof value === 'number' ? Math.floor(value / silenceS) : value
}

export const installConditional = (app: FastifyInstance): void => {
  app.addHook('onSend', async (request, reply, payload) => {
    if (!isKnown(request, reply)) return payload
    if (isStream(payload)) payload.destroy()
    reply.code(304).removeHeader('content-length').removeHeader('content-type')
    return ''
  })
}

const isStream = (payload: unknown): payload is { readonly destroy: () => void } =>
  payload !== null && typeof payload === 'object' && 'destroy' in payload && typeof payload.destroy === 'function'

const isKnown = ({ method, headers }: FastifyRequest, reply: FastifyReply): boolean => {
  const etag = reply.getHeader('etag')
  const asked = headers['if-none-match']
  if (typeof etag !== 'string' || asked === undefined) return false
  if (reply.statusCode !== 200 || (method !== 'GET' && method !== 'HEAD')) return false
  return asked.trim() === '*' || asked.split(',').some(tag => bare(tag) === bare(etag))
}

const bare = (tag: string): string => tag.trim().replace(/^W\//, '')
