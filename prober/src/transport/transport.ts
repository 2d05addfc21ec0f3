import type { Attempt, Attempted, Listener, Stamps } from './attempt.ts'
import { dial } from './dial.ts'
import type { DialDeps } from './dialled.ts'
import { exchange } from './exchange.ts'
import { type Connect, secureContexts, systemConnect } from './open.ts'

/**
 * One attempt, measured: the way there, then the exchange. What the network did is a value; nothing here throws for it.
 */
export type Transport = (attempt: Attempt, listener: Listener, signal: AbortSignal) => Promise<Attempted>

export interface TransportDeps extends Pick<DialDeps, 'clock' | 'resolve'> {
  /** Left out, the real one. */
  readonly connect?: Connect
}

export const createTransport = ({ clock, resolve, connect = systemConnect }: TransportDeps): Transport => {
  const deps: DialDeps = { clock, resolve, connect, secureContext: secureContexts() }
  return async (attempt, listener, signal) => {
    const startedUs = clock.monoUs()
    const { socket, refusal, failure, certificateEndsMs, ...way } = await dial(deps, attempt, signal)
    const none = { sent: null, firstByte: null, lastByte: null }
    if (socket === null || refusal !== null || failure !== null || attempt.goal === 'connection') {
      socket?.destroy()
      return { stamps: { ...way, ...none }, head: null, refusal, failure, certificateEndsMs }
    }
    const answer = await exchange({ socket, attempt, listener, clock, startedUs, signal })
    const stamps: Stamps = { ...way, sent: answer.sent, firstByte: answer.firstByte, lastByte: answer.lastByte }
    return { stamps, head: answer.head, refusal: null, failure: answer.failure, certificateEndsMs }
  }
}
