import { type Gap, noBody } from '@llmstatus/shared/batch'
import { noHead } from '@llmstatus/shared/chain'
import { sha256 } from '@llmstatus/shared/ids'
import { spanOf } from './body.ts'
import { type Desk, finish, lossOf, same, unsign, usedBytes } from './desk.ts'
import type { Flight, Notary } from './flight.ts'
import type { Loss } from './loss.ts'
import type { Segment } from './segment.ts'
import type { State } from './state.ts'

/** One step towards a record in flight: there it is, there is nothing to send, or look again. */
export type Step = { readonly flight: Flight | null } | 'again'

export const step = async (desk: Desk, notary: Notary): Promise<Step> => {
  const { prober, signed, losses } = desk.keeper.state()
  if (prober !== notary.prober) return adopt(desk, notary)
  if (signed !== null) return inFlight(desk, signed)
  const [loss] = losses
  if (loss !== undefined) return signGap(desk, notary, loss)
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
  const blank = { ...unsign(state), head: noHead, lastSeq: 0 }
  await desk.keeper.save({ ...(state.prober === null ? state : blank), prober })
  return 'again'
}

const inFlight = async (desk: Desk, signed: NonNullable<State['signed']>): Promise<Step> => {
  const { seq, jws } = signed
  const record = { seq, jws, hash: sha256(jws) }
  if (signed.segment === null) return { flight: { ...record, body: noBody.bytes, lines: 0 } }
  const segment = desk.shelf.get(signed.segment)
  const body = segment === null ? null : await desk.shelf.body(segment)
  if (body !== null && sha256(body.bytes) === signed.dig)
    return { flight: { ...record, body: body.bytes, lines: body.n } }
  await finish(desk, segment, { change: unsign, loss: lossOf('corrupt', segment, null) })
  return 'again'
}

const signGap = async (desk: Desk, notary: Notary, loss: Loss): Promise<Step> => {
  const { head, lastSeq, losses } = desk.keeper.state()
  const { reason, lost, from, to } = loss
  const gap: Gap = { from_seq: head.seq + 1, to_seq: lastSeq, from, to, lost, reason }
  const seq = lastSeq + 1
  const record = { seq, prev: head.hash, body: noBody, span: spanOf([]), gap, spoolBytes: usedBytes(desk) }
  const signed = { seq, jws: await notary.sign(record), dig: sha256(''), segment: null, loss }
  const rest = losses.filter(other => other !== loss)
  await desk.keeper.save({ ...desk.keeper.state(), signed, lastSeq: seq, losses: rest })
  return 'again'
}

const signOldest = async (desk: Desk, notary: Notary, segment: Segment): Promise<Step> => {
  const body = await desk.shelf.body(segment)
  if (body === null || body.n === 0) {
    await finish(desk, segment, { change: same, loss: lossOf('corrupt', segment, null) })
    return 'again'
  }
  const { head, lastSeq } = desk.keeper.state()
  const seq = lastSeq + 1
  const record = { seq, prev: head.hash, body, span: body, gap: null, spoolBytes: usedBytes(desk) }
  const signed = {
    seq,
    jws: await notary.sign(record),
    dig: sha256(body.bytes),
    segment: segment.number,
    loss: null,
  }
  await desk.keeper.save({ ...desk.keeper.state(), signed, lastSeq: seq })
  return 'again'
}
