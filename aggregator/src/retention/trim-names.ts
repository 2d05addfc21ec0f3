import { sql } from 'kysely'
import { dayOf } from '../db/days.ts'
import type { Queries } from '../db/store.ts'
import { aloneUnlessBusy, type Pieces, pieceByPiece, pieceRows } from './alone.ts'
import { dayMs, type Kept } from './limits.ts'

/** What results are named by, once no result is named so any more. */
export interface TrimmedNames {
  readonly models: number
  readonly definitions: number
  readonly tokens: number
}

export const trimNames = async (
  pieces: Pieces,
  probers: readonly number[],
  { kept, nowMs }: { readonly kept: Kept; readonly nowMs: number },
): Promise<TrimmedNames> => {
  // a result may claim a day as far ahead as it is kept, and is kept as long after that
  const unusedMs = nowMs - (2 * kept.resultDays + 2) * dayMs
  let definitions = 0
  for (const prober of probers) {
    definitions += (await aloneUnlessBusy(pieces.store, trx => superseded(trx, prober, unusedMs))) ?? 0
    definitions += (await aloneUnlessBusy(pieces.store, trx => neverSaid(trx, prober))) ?? 0
  }
  return {
    models: await pieceByPiece(pieces, trx => unheard(trx, dayOf(unusedMs))),
    definitions,
    tokens: (await aloneUnlessBusy(pieces.store, trx => unusedTokens(trx, nowMs - kept.resultDays * dayMs))) ?? 0,
  }
}

const affected = ({ numAffectedRows }: { readonly numAffectedRows?: bigint | undefined }): number =>
  Number(numAffectedRows ?? 0)

const unheard = async (trx: Queries, day: string): Promise<number> =>
  affected(
    await sql`delete from reported_model where id = any(array(
      select id from reported_model where seen < ${day}::date limit ${pieceRows}))`.execute(trx),
  )

/** A few in one run: whether a result still names one is looked up in its whole series. */
const mostDefinitions = 20

/** The newest one of an endpoint always stays: it says what the endpoint is. */
const superseded = async (trx: Queries, prober: number, beforeMs: number): Promise<number> =>
  affected(
    await sql`delete from definition where id = any(array(
      select d.id from definition d
      where d.prober = ${prober} and d.at < ${new Date(beforeMs)}
        and exists (
          select from definition newer where newer.prober = d.prober and newer.endpoint = d.endpoint
            and newer.at > d.at and newer.at < ${new Date(beforeMs)})
        and not exists (
          select from result r where r.endpoint = d.endpoint and r.prober = d.prober and r.definition = d.id)
      limit ${mostDefinitions}))`.execute(trx),
  )

/** Digests whose line never came, after their last result: under the prober's lock, because ingest may be using one. */
const neverSaid = async (trx: Queries, prober: number): Promise<number> => {
  await sql`select from prober where num = ${prober} for update`.execute(trx)
  return affected(
    await sql`delete from definition where id = any(array(
      select d.id from definition d
      where d.prober = ${prober} and d.at is null
        and not exists (
          select from result r where r.prober = d.prober and r.definition = d.id and r.classifier = 0)
      limit ${pieceRows}))`.execute(trx),
  )
}

/** Made for somebody who never came. */
const unusedTokens = async (trx: Queries, beforeMs: number): Promise<number> =>
  affected(await sql`delete from enrol_token where used_at is null and expires_at < ${new Date(beforeMs)}`.execute(trx))
