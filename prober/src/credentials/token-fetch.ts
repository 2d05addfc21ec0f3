import type { Secret } from '@llmstatus/shared/secret'
import type { Attempt, Attempted, Failure, Listener, PolicyRefusal } from '../transport/attempt.ts'
import type { Transport } from '../transport/transport.ts'
import { notAsked } from './refused.ts'
import { readTokenAnswer } from './token-answer.ts'
import type { Exchanged, FetchToken } from './token-store.ts'

/**
 * One exchange, over the same transport and behind the same guard as everything else. That it fails is an outcome of the
 * probe that waited for it: with the operation and the errno of the way there, or with the status that came.
 */
export interface TokenRequest {
  readonly attempt: Attempt
  readonly key: Secret
}

interface Deps {
  readonly transport: Transport
  /** Makes the one request that carries the key. */
  readonly requestOf: (auth: Exchanged) => TokenRequest | PolicyRefusal
}

export const createTokenFetch =
  ({ transport, requestOf }: Deps): FetchToken =>
  async (auth, signal) => {
    const request = requestOf(auth)
    if (typeof request === 'string') return { ok: false, attempted: notAsked({ refusal: request }) }
    const { attempt, key } = request
    const answer = collect()
    const attempted = await transport(attempt, answer.listener, signal)
    const failure = brokenOff(attempted)
    if (attempted.refusal !== null || failure !== null)
      return { ok: false, attempted: notAsked({ refusal: attempted.refusal, failure }) }
    const status = attempted.head?.status ?? 0
    const read = readTokenAnswer(status, answer.text(), { key, body: attempt.body ?? '' })
    if (read.ok) return read
    return {
      ok: false,
      attempted: notAsked({ failure: { operation: 'first_byte', errno: `TOKEN_${status}`, fault: read.fault } }),
    }
  }

/** A head that refused is believed, whatever became of its body. */
const brokenOff = ({ failure, head }: Attempted): Failure | null => {
  if (failure === null || (head !== null && head.status >= 300)) return null
  return { operation: failure.operation, errno: failure.errno, fault: 'token_unreached' }
}

const mostBytes = 65_536

const collect = () => {
  const pieces: Uint8Array[] = []
  let sizeBytes = 0
  const listener: Listener = {
    head: () => {},
    chunk: bytes => {
      sizeBytes += bytes.length
      if (sizeBytes <= mostBytes) pieces.push(bytes)
      return sizeBytes <= mostBytes ? 'generating' : 'complete'
    },
  }
  return { listener, text: () => (sizeBytes <= mostBytes ? Buffer.concat(pieces).toString() : '') }
}
