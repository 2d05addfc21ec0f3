import type { Socket } from 'node:net'
import { createAlarm } from './alarm.ts'
import type { Attempt, Failure, Listener } from './attempt.ts'
import { type Exchanged, type ExchangeInput, exchange } from './exchange.ts'

/**
 * The request before the one that counts.
 *
 * Invariants
 * - Its answer is read to the end, and whatever it says it has made the connection warm; only a transport that breaks
 *   ends the probe here, at the operation where it broke.
 * - After it the connection has to lie open and silent for a moment. Bytes that nobody asked for would be taken for the
 *   answer to the next question, and a connection that the server closes is not there to be asked on. There is no second
 *   attempt: `not_kept`, and nothing was measured.
 */
export const warmUp = async (
  input: Omit<ExchangeInput, 'listener' | 'after'>,
  first: WarmUpAsk,
): Promise<Exchanged> => {
  const attempt = { ...input.attempt, ...first, body: null, awaitsToken: false }
  const asked = await exchange({ ...input, attempt, listener: deaf, after: 'keep' })
  if (asked.failure !== null) return asked
  return (await liesOpen(input.socket)) ? asked : { ...asked, failure: notKept }
}

export type WarmUpAsk = NonNullable<Attempt['warmUp']>

const deaf: Listener = { head: () => {}, chunk: () => 'generating' }

/** It was our own decision not to ask. */
const notKept: Failure = { operation: 'send', errno: 'ECANCELED', fault: 'not_kept' }

/** What a server says behind its answer, a close above all, comes right behind it. */
const silentMs = 50

const liesOpen = (socket: Socket): Promise<boolean> =>
  new Promise(resolve => {
    const end = (isOpen: boolean): void => {
      alarm.clear()
      for (const event of events) socket.off(event, spoilt)
      if (!isOpen) socket.destroy()
      resolve(isOpen)
    }
    const spoilt = (): void => end(false)
    // one that looks at the socket once more: what came while the loop was held is not silence
    const alarm = createAlarm(() => end(isUsable(socket)))
    alarm.set(silentMs)
    for (const event of events) socket.once(event, spoilt)
    if (!isUsable(socket)) spoilt()
  })

const events = ['data', 'end', 'close', 'error'] as const

const isUsable = (socket: Socket): boolean => !socket.destroyed && socket.readable && socket.writable
