import { sha256 } from '@llmstatus/shared/ids'
import { spanOf } from './body.ts'
import { type Desk, finish, lossOf, same, unsign, usedBytes } from './desk.ts'
import type { Flight, Notary } from './flight.ts'
import { addLoss } from './loss.ts'
import { step } from './sign-next.ts'

/**
 * What goes out next, and what ends it. Everything here runs in turn, and every step is one write of the state.
 *
 * Invariants
 * - A number of the chain is signed once, and the state holds the signature before a byte of it leaves.
 * - Only `settle` frees what may have been sent, and only for a receipt that holds for this very record. `refuse` and
 *   `reposition` burn the number and leave a loss behind, so the record after them is the gap that explains it.
 * - The record in flight is never dropped: nobody knows whether it has arrived.
 */

export const nextFlight = async (desk: Desk, notary: Notary): Promise<Flight | null> => {
  for (;;) {
    const done = await step(desk, notary)
    if (done !== 'again') return done.flight
  }
}

export const settle = async (desk: Desk, notary: Notary, receipt: string): Promise<'freed' | 'bad_receipt'> => {
  const { signed } = desk.keeper.state()
  if (signed === null) return 'bad_receipt'
  const head = { seq: signed.seq, hash: sha256(signed.jws) }
  if (!(await notary.holds(receipt, head))) return 'bad_receipt'
  const segment = signed.segment === null ? null : desk.shelf.get(signed.segment)
  const damaged = segment?.sealed?.damaged ?? 0
  const loss = damaged === 0 ? null : { ...lossOf('corrupt', null, null), lost: damaged }
  await finish(desk, segment, { change: state => ({ ...state, head, signed: null }), loss })
  return 'freed'
}

/** The aggregator will never take it as it is: kept aside, and its place in the chain explained. */
export const refuse = async (desk: Desk, flight: Flight): Promise<void> => {
  const { signed } = desk.keeper.state()
  if (signed?.seq !== flight.seq) return
  await desk.keepEvidence(flight)
  const segment = signed.segment === null ? null : desk.shelf.get(signed.segment)
  const span = segment === null ? null : await desk.shelf.body(segment)
  await finish(desk, segment, { change: unsign, loss: lossOf('rejected', segment, span) })
}

/** The aggregator stands elsewhere than we do: what is in flight goes out again behind a gap that starts there. */
export const reposition = async (
  desk: Desk,
  at: { readonly expectedSeq: number; readonly head: string },
): Promise<void> => {
  const head = { seq: at.expectedSeq - 1, hash: at.head }
  const state = unsign(desk.keeper.state())
  const losses = addLoss(state.losses, lossOf('aggregator_rewound', null, null))
  await desk.keeper.save({ ...state, head, losses })
}

/** Drops the oldest until this much fits. */
export const makeRoom = async (
  desk: Desk,
  room: { readonly neededBytes: number; readonly maxBytes: number },
): Promise<void> => {
  const full = () => usedBytes(desk) + room.neededBytes > room.maxBytes
  if (full()) await desk.shelf.forgetLogs()
  while (full()) {
    const segment = desk.shelf.oldest(desk.keeper.state().signed?.segment ?? null)
    if (segment === null) return
    const held =
      segment.sealed === null ? spanOf((await desk.shelf.scan(segment)).lines) : await desk.shelf.body(segment)
    await finish(desk, segment, { change: same, loss: lossOf('spool_full', segment, held) })
    if (segment.sealed === null) await desk.shelf.forgetLogs()
  }
}
