import type { Span } from './body.ts'
import type { Flight } from './flight.ts'
import type { Kept } from './kept.ts'
import { addLoss, type Loss, type LossReason } from './loss.ts'
import type { Resend } from './resend.ts'
import type { Reserve } from './room.ts'
import type { Segment } from './segment.ts'
import type { Shelf } from './shelf.ts'
import { markDone, type State, type StateKeeper } from './state.ts'

/** What the steps of a record's life have in common, and the two ways a segment's life ends. */
export interface Desk {
  readonly keeper: StateKeeper
  readonly shelf: Shelf
  readonly kept: Kept
  readonly resend: Resend
  readonly reserve: Reserve
  /** Closes the segment that grows, if it holds anything, and puts it on the shelf. */
  readonly closeLog: () => Promise<void>
  readonly growingBytes: () => number
  /** Keeps a refused record where a person can look at it. */
  readonly keepEvidence: (flight: Flight) => Promise<void>
  readonly onLoss: (loss: Loss) => void
}

export const usedBytes = (desk: Desk): number => desk.shelf.sizeBytes() + desk.growingBytes()

/** Done with a segment that is not in flight, or whose flight `change` ends. The state first, the file after. */
export const finish = async (
  desk: Desk,
  segment: Segment | null,
  end: { readonly change: (state: State) => State; readonly loss: Loss | null },
): Promise<void> => {
  const changed = end.change(desk.keeper.state())
  const losses = end.loss === null ? changed.losses : addLoss(changed.losses, end.loss)
  await desk.keeper.save({ ...(segment === null ? changed : markDone(changed, segment.number)), losses })
  if (end.loss !== null && end.loss.lost > 0) desk.onLoss(end.loss)
  if (segment !== null) await desk.shelf.discard(segment)
}

/** The number in flight is given up and never used again; what a gap record explained waits for the next one. */
export const unsign = (state: State): State => ({ ...state, signed: null, losses: withSignedLoss(state) })

const withSignedLoss = ({ signed, losses }: State): readonly Loss[] =>
  signed === null || signed.loss === null ? losses : addLoss(losses, signed.loss)

export const same = (state: State): State => state

/** What is lost with a segment. Of one that cannot be read any more its name still says how much it held. */
export const lossOf = (reason: LossReason, segment: Segment | null, span: Span | null): Loss => {
  const sealed = segment?.sealed ?? null
  const held = span?.results ?? sealed?.lines ?? 0
  return { reason, lost: held + (sealed?.damaged ?? 0), from: span?.from ?? null, to: span?.to ?? null }
}
