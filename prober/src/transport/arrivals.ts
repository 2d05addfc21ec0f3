import type { Socket } from 'node:net'
import type { Clock } from '../probe.ts'

/**
 * When bytes came: taken where the socket hands them over, before HTTP sees them.
 *
 * Invariants
 * - One turn of the event loop is one arrival: whatever a socket gives in it lay in the kernel already, however many
 *   TLS records or reads it took, and gets the stamp of the first.
 * - Nothing is understood in the turn in which it came. Every socket that is ready is stamped first (the poll phase),
 *   and only then is anything read (the check phase): fifty streams do not wait for each other's JSON.
 */
export interface Arrivals {
  /** The stamp of what is being handed over right now. */
  readonly nowUs: () => number
  readonly firstUs: () => number | null
  readonly lastUs: () => number | null
  readonly wireBytes: () => number
  readonly stop: () => void
}

export const stampArrivals = (socket: Socket, clock: Pick<Clock, 'monoUs'>, onTurn: () => void): Arrivals => {
  let turnUs: number | null = null
  let firstUs: number | null = null
  let lastUs: number | null = null
  let wireBytes = 0
  const endTurn = (): void => {
    turnUs = null
    onTurn()
  }
  const arrive = (bytes: Uint8Array): void => {
    wireBytes += bytes.length
    if (turnUs !== null) return
    turnUs = clock.monoUs()
    firstUs ??= turnUs
    lastUs = turnUs
    setImmediate(endTurn)
  }
  // before the HTTP parser's own listener, which is there already
  socket.prependListener('data', arrive)
  return {
    nowUs: () => turnUs ?? clock.monoUs(),
    firstUs: () => firstUs,
    lastUs: () => lastUs,
    wireBytes: () => wireBytes,
    stop: () => socket.off('data', arrive),
  }
}
