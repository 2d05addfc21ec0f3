import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { contentType, jwsHeader } from '@llmstatus/shared/batch'
import {
  keyFromJwk,
  keyFromSeed,
  readEnrolmentToken,
  type SigningKey,
  signEnrolAnswer,
  type VerifyingKey,
  verifyEnrolment,
  writeToken,
} from '@llmstatus/shared/identity'
import type { ProberId } from '@llmstatus/shared/ids'
import type { Door, DoorAnswer } from '../src/report/door.ts'
import { aggregatorSeed, proberId } from './known-identity.ts'
import { createModelAggregator, type ModelAggregator } from './model-aggregator.ts'

/** What may happen to one request on its way, besides being answered. */
export type Fault = 'none' | 'cut' | 'answer_lost' | 'html_200' | 'busy' | 'refused'

export interface FakeAggregator {
  readonly model: ModelAggregator
  readonly key: SigningKey
  readonly token: (url: string, expiresMs?: number) => string
  /** Decides about each request. */
  readonly faults: (next: (path: string) => Fault) => void
  readonly set: (state: 'pending' | 'approved' | 'revoked') => void
  /** As if this prober had enrolled before. */
  readonly know: (id: ProberId, key: VerifyingKey) => void
  readonly handle: (request: FakeRequest) => Promise<FakeAnswer>
  readonly door: Door
  readonly requests: () => readonly string[]
}

interface FakeRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Uint8Array
}

type FakeAnswer =
  | { readonly status: number; readonly body: unknown; readonly headers?: Readonly<Record<string, string>> }
  | 'cut'

const tokenSeed = new Uint8Array(32).fill(3)

export const createFakeAggregator = async (nowMs: () => number = Date.now): Promise<FakeAggregator> => {
  const key = await keyFromSeed(aggregatorSeed)
  const tokenKey = await keyFromSeed(tokenSeed)
  const requests: string[] = []
  let prober: { readonly id: ProberId; readonly key: VerifyingKey } | null = null
  let state: 'pending' | 'approved' | 'revoked' = 'approved'
  let fault: (path: string) => Fault = () => 'none'
  const model = createModelAggregator({ key, prober: () => prober })

  const enrol = async (body: Uint8Array): Promise<FakeAnswer> => {
    const envelope: unknown = JSON.parse(Buffer.from(body).toString())
    const invalid = { status: 401, body: { code: 'token_invalid' } }
    if (readEnrolmentToken(envelope) !== tokenKey.kid) return invalid
    const request = await verifyEnrolment(tokenKey, envelope, key.kid)
    if (request === null) return invalid
    const theirs = await keyFromJwk(request.jwk)
    if (prober !== null && prober.key.kid !== theirs.kid) return { status: 409, body: { code: 'token_used' } }
    const status = prober === null ? 201 : 200
    prober = { id: proberId, key: theirs }
    const answer = await signEnrolAnswer(key, { prober_id: proberId, state, thumbprint: theirs.kid })
    return { status, body: { answer, jwk: key.jwk } }
  }

  const answer = async ({ method, path, headers, body }: FakeRequest): Promise<FakeAnswer> => {
    if (method === 'POST' && path === '/api/v1/enrol') return enrol(body)
    if (method === 'GET' && path === `/api/v1/enrol/${proberId}`) return { status: 200, body: { state } }
    if (path === '/readyz') return { status: 200, body: {} }
    if (method !== 'POST' || path !== '/api/v1/batches') return { status: 404, body: { code: 'not_found' } }
    if (headers['content-type'] !== contentType) return { status: 415, body: { code: 'unsupported_media_type' } }
    if (prober !== null && state !== 'approved')
      return { status: 403, body: { code: state === 'pending' ? 'not_approved' : 'revoked' } }
    return model.take(String(headers[jwsHeader]), body)
  }

  const handle = async (request: FakeRequest): Promise<FakeAnswer> => {
    requests.push(`${request.method} ${request.path}`)
    const what = fault(request.path)
    if (what === 'cut') return 'cut'
    if (what === 'html_200') return { status: 200, body: '<html>Please sign in to this network</html>' }
    if (what === 'busy') return { status: 503, body: { code: 'unavailable' }, headers: { 'retry-after': '7' } }
    if (what === 'refused') return { status: 422, body: { code: 'bad_claims' } }
    const answered = await answer(request)
    return what === 'answer_lost' ? 'cut' : answered
  }

  const door: Door = {
    call: async request => {
      const sentMs = nowMs()
      const answered = await handle({ ...request, body: request.body ?? new Uint8Array() })
      const headers = { date: new Date(nowMs()).toUTCString() }
      return answered === 'cut'
        ? { ok: false, why: 'ECONNRESET' }
        : toDoor(answered, { sentMs, receivedMs: nowMs(), ...headers })
    },
    close: async () => undefined,
  }

  return {
    model,
    key,
    token: (url, expiresMs = nowMs() + 3_600_000) =>
      writeToken({ url, aggregator: key.kid, seed: tokenSeed, expiresMs }),
    faults: next => {
      fault = next
    },
    set: next => {
      state = next
    },
    know: (id, theirs) => {
      prober = { id, key: theirs }
    },
    handle,
    door,
    requests: () => requests,
  }
}

const toDoor = (
  { status, body, headers }: Exclude<FakeAnswer, 'cut'>,
  at: { readonly sentMs: number; readonly receivedMs: number; readonly date: string },
): DoorAnswer => ({
  ok: true,
  status,
  retryAfter: headers?.['retry-after'] ?? null,
  json: typeof body === 'object' && body !== null ? { ...body } : null,
  ...at,
})

/** The same, behind a real socket on loopback. */
export const listenAsAggregator = async (
  fake: FakeAggregator,
): Promise<{ url: string; close: () => Promise<void> }> => {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const { method = '', url: path = '', headers } = request
    const answered = await fake.handle({ method, path, headers, body: Buffer.concat(chunks) })
    if (answered === 'cut') return void request.socket.destroy()
    const isJson = typeof answered.body === 'object'
    response.writeHead(answered.status, {
      'content-type': isJson ? 'application/json' : 'text/html',
      ...answered.headers,
    })
    response.end(isJson ? JSON.stringify(answered.body) : String(answered.body))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}
