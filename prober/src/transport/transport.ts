import type { Attempt, Attempted, Listener, Stamps } from './attempt.ts'
import { dial } from './dial.ts'
import type { DialDeps } from './dialled.ts'
import { type Exchanged, exchange } from './exchange.ts'
import { type Connect, secureContexts, systemConnect } from './open.ts'
import { warmUp } from './warm-up.ts'

/**
 * One attempt, measured: the way there, then the exchange; or first one that does not count, on the same connection. What the network did is a value; nothing here throws for it.
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
    if (socket === null || refusal !== null || failure !== null || attempt.goal === 'connection') {
      socket?.destroy()
      return { stamps: { ...way, ...unasked }, head: null, refusal, failure, certificateEndsMs }
    }
    const common = { refusal: null, certificateEndsMs }
    const asking = { socket, attempt, clock, signal }
    if (attempt.warmUp === undefined) {
      const answer = await exchange({ ...asking, listener, startedUs, after: 'close' })
      return { ...common, stamps: stampsOf(way, answer), head: answer.head, failure: answer.failure }
    }
    const first = await warmUp({ ...asking, startedUs }, attempt.warmUp)
    if (first.failure !== null) return { ...common, stamps: stampsOf(way, first), head: null, failure: first.failure }
    const countsFromUs = clock.monoUs()
    const answer = await exchange({ ...asking, listener, startedUs: countsFromUs, after: 'close' })
    return { ...common, stamps: stampsOf(noWay, answer), head: answer.head, failure: answer.failure, countsFromUs }
  }
}

/** A warm connection was there before anything was measured. */
const noWay = { dns: null, tcp: null, tls: null } as const
const unasked = { sent: null, firstByte: null, lastByte: null } as const

const stampsOf = (way: Pick<Stamps, 'dns' | 'tcp' | 'tls'>, { sent, firstByte, lastByte }: Exchanged): Stamps => ({
  ...way,
  sent,
  firstByte,
  lastByte,
})
