import { genesis } from '@llmstatus/shared/batch'
import {
  type EnrolAnswer,
  type EnrolRefusal,
  type EnrolRequest,
  keyFromJwk,
  type PublicJwk,
  readEnrolmentToken,
  type SigningKey,
  signEnrolAnswer,
  type VerifyingKey,
  verifyEnrolment,
} from '@llmstatus/shared/identity'
import { ProberId, uuid7 } from '@llmstatus/shared/ids'
import type { Transaction } from 'kysely'
import type { Db } from '../db/schema.ts'
import type { Store } from '../db/store.ts'
import { isDuplicate } from '../db/unavailable.ts'
import { signersOf } from '../keys/key-ring.ts'
import type { Keys } from '../keys/keys.ts'

export interface EnrolDeps {
  readonly db: Store['db']
  readonly keys: Keys
  readonly clock: { readonly nowMs: () => number }
  readonly random: (bytes: number) => Uint8Array
}

export type Enrolled =
  | {
      readonly ok: true
      readonly is: 'new' | 'same'
      readonly answer: string
      readonly prober: string
      /** The key that the token names, which signed the answer. */
      readonly jwk: PublicJwk
    }
  | { readonly ok: false; readonly code: EnrolRefusal; readonly detail: string }

type Known = Pick<EnrolAnswer, 'prober_id' | 'state'>
type Taken =
  | { readonly ok: true; readonly is: 'new' | 'same'; readonly prober: Known }
  | Extract<Enrolled, { ok: false }>

const refuse = (code: EnrolRefusal, detail: string): Extract<Enrolled, { ok: false }> => ({ ok: false, code, detail })

/** Both signatures are verified before the database is asked for more than the token's key. */
export const enrol = async (deps: EnrolDeps, envelope: unknown): Promise<Enrolled> => {
  const kid = readEnrolmentToken(envelope)
  if (kid === null) return refuse('token_invalid', 'this is not an enrolment')
  const token = await deps.db.selectFrom('enrol_token').select('jwk').where('kid', '=', kid).executeTakeFirst()
  if (token === undefined) return refuse('token_invalid', 'no such token was made here')
  // a token names the key that was in force when it was made; the prober pins that one, and hears of the next in receipts
  const ours = signersOf(await deps.keys.ring(), deps.clock.nowMs())
  const verified = await verifiedFor(ours, await keyFromJwk(token.jwk), envelope)
  if (verified === null)
    return refuse('token_invalid', 'the signatures do not hold, or the token is for a key of ours that was retired')
  const { request, key } = verified
  const prober = await keyFromJwk(request.jwk)
  const taken = await takeToken(deps, { token: kid, request, prober })
  if (!taken.ok) return taken
  const answer = await signEnrolAnswer(key, { ...taken.prober, thumbprint: prober.kid })
  return { ok: true, is: taken.is, answer, prober: taken.prober.prober_id, jwk: key.jwk }
}

const verifiedFor = async (ours: readonly SigningKey[], token: VerifyingKey, envelope: unknown) => {
  for (const key of ours) {
    const request = await verifyEnrolment(token, envelope, key.kid)
    if (request !== null) return { request, key }
  }
  return null
}

interface Enrolment {
  readonly token: string
  readonly request: EnrolRequest
  readonly prober: VerifyingKey
}

const takeToken = async (deps: EnrolDeps, enrolment: Enrolment): Promise<Taken> => {
  try {
    return await deps.db.transaction().execute(trx => decide(deps, trx, enrolment))
  } catch (error) {
    // two at once: the token was not used up, and the first one is there now
    if (isDuplicate(error, 'prober_name_key'))
      return refuse('name_taken', `the name is taken: ${enrolment.request.name}`)
    if (isDuplicate(error, 'prober_kid_key')) return refuse('token_used', 'this key is being enrolled already')
    throw error
  }
}

const decide = async (deps: EnrolDeps, trx: Transaction<Db>, enrolment: Enrolment): Promise<Taken> => {
  const { token: kid, request, prober } = enrolment
  const nowMs = deps.clock.nowMs()
  const token = await trx
    .selectFrom('enrol_token')
    .selectAll()
    .where('kid', '=', kid)
    .forUpdate()
    .executeTakeFirstOrThrow()
  const known = await knownProber(trx, prober.kid)
  // an answer that was lost on the way is given again, however late
  if (token.used_by !== null)
    return known?.prober_id === token.used_by
      ? { ok: true, is: 'same', prober: known }
      : refuse('token_used', 'another prober has used this token')
  if (nowMs >= token.expires_at.getTime()) return refuse('token_invalid', 'the token has expired')
  const mine = known ?? (await addProber(trx, enrolment, { id: newId(deps), nowMs }))
  if (mine === null) return refuse('name_taken', `the name is taken: ${request.name}`)
  const state = token.auto_approve && mine.state === 'pending' ? 'approved' : mine.state
  if (state !== mine.state) await setState(trx, mine.prober_id, nowMs)
  await trx
    .updateTable('enrol_token')
    .set({ used_at: new Date(nowMs), used_by: mine.prober_id })
    .where('kid', '=', kid)
    .execute()
  return { ok: true, is: known === null ? 'new' : 'same', prober: { prober_id: mine.prober_id, state } }
}

const newId = (deps: EnrolDeps): ProberId => ProberId.parse(uuid7(deps.clock.nowMs(), deps.random(10)))

/** By any key it ever had: a prober that lost its answer and rotated since is still the same one. */
const knownProber = async (trx: Transaction<Db>, kid: string): Promise<Known | null> => {
  const row = await trx
    .selectFrom('prober_key')
    .innerJoin('prober', 'prober.num', 'prober_key.prober')
    .select(['prober.id', 'prober.state'])
    .where('prober_key.kid', '=', kid)
    .executeTakeFirst()
  return row === undefined ? null : { prober_id: ProberId.parse(row.id), state: row.state }
}

const addProber = async (
  trx: Transaction<Db>,
  { request, prober }: Enrolment,
  made: { readonly id: ProberId; readonly nowMs: number },
): Promise<Known | null> => {
  const taken = await trx.selectFrom('prober').select('id').where('name', '=', request.name).executeTakeFirst()
  if (taken !== undefined) return null
  const jwk = JSON.stringify(prober.jwk)
  const { num } = await trx
    .insertInto('prober')
    .values({
      id: made.id,
      name: request.name,
      region: request.region,
      version: request.version,
      kid: prober.kid,
      jwk,
      state: 'pending',
      state_since: new Date(made.nowMs),
      enrolled_at: new Date(made.nowMs),
      head_hash: genesis,
    })
    .returning('num')
    .executeTakeFirstOrThrow()
  await trx.insertInto('prober_key').values({ kid: prober.kid, prober: num, jwk, first_seq: 1 }).execute()
  return { prober_id: made.id, state: 'pending' }
}

const setState = (trx: Transaction<Db>, id: string, nowMs: number) =>
  trx
    .updateTable('prober')
    .set({ state: 'approved', state_since: new Date(nowMs) })
    .where('id', '=', id)
    .execute()
