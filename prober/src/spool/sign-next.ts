import { type Body, type Gap, noBody } from '@llmstatus/shared/batch'
import { noHead } from '@llmstatus/shared/chain'
import { sha256, type Thumbprint } from '@llmstatus/shared/ids'
import { type Span, spanOf } from './body.ts'
import { type Desk, finish, lossOf, same, unsign, usedBytes } from './desk.ts'
import type { Flight, Notary } from './flight.ts'
import type { Loss } from './loss.ts'
import { dropKept } from './room.ts'
import type { Segment } from './segment.ts'
import type { State } from './state.ts'

/** One step towards a record in flight: there it is, there is nothing to send, or look again. */
export type Step = { readonly flight: Flight | null } | 'again'

export const step = async (desk: Desk, notary: Notary): Promise<Step> => {
  const { prober, signed, signer, losses, fork } = desk.keeper.state()
  if (prober !== notary.prober) return adopt(desk, notary)
  if (fork !== null) return { flight: null }
  const resent = desk.resend.current()
  if (resent !== null) return { flight: resent }
  if (signed !== null) return inFlight(desk, signed)
  const [loss] = losses
  if (loss !== undefined) return signGap(desk, notary, loss)
  const becomes = notary.successor(signer)
  if (becomes !== null) return signRotation(desk, notary, becomes)
  if (desk.shelf.oldest(null) === null) await desk.closeLog()
  const segment = desk.shelf.oldest(null)
  if (segment === null) return { flight: null }
  if (segment.sealed !== null) return signOldest(desk, notary, segment)
  await desk.shelf.seal(segment)
  return 'again'
}

/** A chain belongs to one identity. What was not yet receipted goes out under the new one. */
const adopt = async (desk: Desk, { prober }: Notary): Promise<Step> => {
  const state = desk.keeper.state()
  const blank = { ...unsign(state), head: noHead, lastSeq: 0, signer: null, fork: null }
  desk.resend.end()
  if (state.prober !== null) await dropKept(desk)
  await desk.keeper.save({ ...(state.prober === null ? state : blank), prober })
  return 'again'
}

/** What was signed, and the body whose digest it names: read once more, and not opened. */
const inFlight = async (desk: Desk, signed: NonNullable<State['signed']>): Promise<Step> => {
  const { seq, jws } = signed
  const record = { seq, jws, hash: sha256(jws) }
  if (signed.segment === null) return { flight: { ...record, body: noBody.bytes, lines: 0 } }
  const segment = desk.shelf.get(signed.segment)
  const body = segment === null ? null : await desk.shelf.bytes(segment)
  if (body !== null && sha256(body) === signed.dig)
    return { flight: { ...record, body, lines: segment?.sealed?.lines ?? 0 } }
  await finish(desk, segment, { change: unsign, loss: lossOf('corrupt', segment, null) })
  return 'again'
}

interface Wish {
  readonly body: Body
  readonly span: Span
  readonly gap: Gap | null
  readonly becomes: Thumbprint | null
}

const nothing: Wish = { body: noBody, span: spanOf([]), gap: null, becomes: null }

/** At the next number, behind the head. Nothing is written yet. */
const sign = async (desk: Desk, notary: Notary, wish: Wish): Promise<NonNullable<State['signed']>> => {
  const { head, lastSeq, signer } = desk.keeper.state()
  const seq = lastSeq + 1
  const jws = await notary.sign({ seq, prev: head.hash, signer, spoolBytes: usedBytes(desk), ...wish })
  return { seq, jws, dig: sha256(wish.body.bytes), segment: null, loss: null, becomes: wish.becomes }
}

const save = async (desk: Desk, signed: NonNullable<State['signed']>): Promise<Step> => {
  const state = desk.keeper.state()
  const losses = state.losses.filter(loss => loss !== signed.loss)
  await desk.keeper.save({ ...state, signed, lastSeq: signed.seq, losses })
  return 'again'
}

const signGap = async (desk: Desk, notary: Notary, loss: Loss): Promise<Step> => {
  const { head, lastSeq } = desk.keeper.state()
  const { reason, lost, from, to } = loss
  const gap: Gap = { from_seq: head.seq + 1, to_seq: lastSeq, from, to, lost, reason }
  return save(desk, { ...(await sign(desk, notary, { ...nothing, gap })), loss })
}

/** From the record behind it on the new key signs: that is, once a receipt has said that it was taken. */
const signRotation = async (desk: Desk, notary: Notary, becomes: Thumbprint): Promise<Step> =>
  save(desk, await sign(desk, notary, { ...nothing, becomes }))

const signOldest = async (desk: Desk, notary: Notary, segment: Segment): Promise<Step> => {
  const body = await desk.shelf.body(segment)
  if (body === null || body.n === 0) {
    await finish(desk, segment, { change: same, loss: lossOf('corrupt', segment, null) })
    return 'again'
  }
  return save(desk, { ...(await sign(desk, notary, { ...nothing, body, span: body })), segment: segment.number })
}
