import { noBody } from '@llmstatus/shared/batch'
import { sha256 } from '@llmstatus/shared/ids'
import { spanOf } from './body.ts'
import { type Desk, finish, lossOf, same, unsign, usedBytes } from './desk.ts'
import type { Flight, Notary } from './flight.ts'
import type { KeptRecord } from './kept.ts'
import { addLoss } from './loss.ts'
import { withRoom } from './room.ts'
import type { Segment } from './segment.ts'
import { step } from './sign-next.ts'
import type { State } from './state.ts'

/**
 * What goes out next, and what ends it. Everything here runs in turn, and every step is one write of the state.
 *
 * Invariants
 * - A number of the chain is signed once, and the state holds the signature before a byte of it leaves.
 * - Only `settle` frees what may have been sent, and only for a receipt that holds for this very record. `refuse`,
 *   `reposition` and `rewind` burn the number and leave a loss behind, so the record after them is the gap that explains it.
 * - The record in flight is never dropped: nobody knows whether it has arrived.
 * - The key that signs changes with the receipt of the rotate record, in the same write.
 */

export const nextFlight = async (desk: Desk, notary: Notary): Promise<Flight | null> => {
  for (;;) {
    const done = await step(desk, notary)
    if (done !== 'again') return done.flight
  }
}

export const settle = async (desk: Desk, notary: Notary, receipt: string): Promise<'freed' | 'bad_receipt'> => {
  const { signed } = desk.keeper.state()
  const resent = desk.resend.current()
  const record = resent ?? (signed === null ? null : { seq: signed.seq, hash: sha256(signed.jws) })
  if (record === null || !(await notary.holds(receipt, record))) return 'bad_receipt'
  if (resent !== null) await desk.resend.advance()
  else if (signed !== null) await free(desk, signed)
  await learn(desk, notary, receipt)
  return 'freed'
}

/** Of no haste: the next receipt says it again, and the state already says which key is in force. */
const learn = async (desk: Desk, notary: Notary, receipt: string): Promise<void> => {
  try {
    await withRoom(desk, () => notary.learn(receipt, desk.keeper.state().signer))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
  }
}

const free = async (desk: Desk, signed: NonNullable<State['signed']>): Promise<void> => {
  const head = { seq: signed.seq, hash: sha256(signed.jws) }
  const segment = signed.segment === null ? null : desk.shelf.get(signed.segment)
  const damaged = segment?.sealed?.damaged ?? 0
  const loss = damaged === 0 ? null : { ...lossOf('corrupt', null, null), lost: damaged }
  const sent = await asSent(desk, signed, segment)
  const change = (state: State): State => ({ ...state, head, signed: null, signer: signed.becomes ?? state.signer })
  await finish(desk, segment, { change, loss })
  desk.resend.progressed()
  if (sent !== null) await desk.kept.keep(sent)
}

const asSent = async (
  { shelf }: Desk,
  { seq, jws }: NonNullable<State['signed']>,
  segment: Segment | null,
): Promise<KeptRecord | null> => {
  const body = segment === null ? noBody.bytes : await shelf.bytes(segment)
  return body === null ? null : { seq, jws, body }
}

/** The aggregator will never take it as it is: kept aside, and its place in the chain explained. */
export const refuse = async (desk: Desk, notary: Notary, flight: Flight): Promise<void> => {
  if (desk.resend.current()?.hash === flight.hash) return desk.resend.giveUp()
  const { signed } = desk.keeper.state()
  if (signed?.seq !== flight.seq) return
  await desk.keepEvidence(flight)
  if (signed.becomes !== null) await notary.forgetSuccessor(signed.becomes)
  const segment = signed.segment === null ? null : desk.shelf.get(signed.segment)
  const span = segment === null ? null : await desk.shelf.body(segment)
  await finish(desk, segment, { change: unsign, loss: lossOf('rejected', segment, span) })
}

export interface Place {
  readonly expectedSeq: number
  readonly head: string
}

/**
 * The aggregator stands elsewhere than we do. Behind us, as from a backup: what it has lost goes out again, and then what
 * is in flight. Where that is not kept any more, what is in flight goes out again behind a gap that starts there.
 */
export const reposition = async (desk: Desk, at: Place): Promise<'resending' | 'gap'> => {
  const state = desk.keeper.state()
  if (desk.resend.continues(at.head)) desk.resend.giveUp()
  else desk.resend.end()
  if (at.expectedSeq <= state.head.seq && (await desk.resend.begin(at.head))) return 'resending'
  await desk.keeper.save(movedTo(state, at, 'aggregator_rewound'))
  return 'gap'
}

/** A chain that continues from there, and says why it does. */
const movedTo = (state: State, at: Place, reason: 'aggregator_rewound' | 'rewound'): State => {
  const head = { seq: at.expectedSeq - 1, hash: at.head }
  const unsigned = unsign(state)
  const losses = addLoss(unsigned.losses, lossOf(reason, null, null))
  return { ...unsigned, head, lastSeq: Math.max(state.lastSeq, head.seq), losses }
}

/** Two histories under one key, and where the other one stands. Nothing is sent until `rewind`. */
export const noteFork = async (desk: Desk, { expectedSeq, head }: Place): Promise<void> => {
  desk.resend.end()
  await desk.keeper.save({ ...desk.keeper.state(), fork: { expected_seq: expectedSeq, head } })
}

/** Somebody says that the aggregator's history is the true one. False where there is no other. */
export const rewind = async (desk: Desk): Promise<boolean> => {
  const { fork, ...state } = desk.keeper.state()
  if (fork === null) return false
  const at = { expectedSeq: fork.expected_seq, head: fork.head }
  await desk.keeper.save(movedTo({ ...state, fork: null }, at, 'rewound'))
  return true
}

/** Drops what is kept, then the oldest, until this much fits. */
export const makeRoom = async (
  desk: Desk,
  room: { readonly neededBytes: number; readonly maxBytes: number },
): Promise<void> => {
  const isOver = (keptBytes: number) => usedBytes(desk) + keptBytes + room.neededBytes > room.maxBytes
  const full = () => isOver(0)
  while (isOver(desk.kept.sizeBytes()) && (await desk.kept.dropOldest()));
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
