import { isDeepStrictEqual } from 'node:util'
import { sql } from 'kysely'
import type { Queries } from '../db/store.ts'
import type { Vote } from './verdict.ts'

/**
 * What the votes were, and what they are now. A vote is replaced only while it is still the one that was read; whoever
 * comes second reads again. So any number of replicas may judge the same endpoint at once.
 */

export interface StoredVote {
  readonly endpoint: number
  readonly prober: number
  readonly vote: Vote
  readonly judgedAt: Date
}

type Row = Omit<Vote, 'sinceMs'> & { endpoint: number; prober: number; since: Date; judged_at: Date }

export const readVotes = async (db: Queries, endpoints: readonly number[]): Promise<readonly StoredVote[]> => {
  const { rows } = await sql<Row>`
    select endpoint, prober, state, reason, blame, since, evidence, judged_at
    from vote where endpoint = any(${[...endpoints]}::int[])`.execute(db)
  return rows.map(({ endpoint, prober, since, judged_at, ...vote }) => ({
    endpoint,
    prober,
    vote: { ...vote, sinceMs: since.getTime() },
    judgedAt: judged_at,
  }))
}

export interface NewVote {
  readonly endpoint: number
  readonly prober: number
  readonly was: StoredVote | null
  readonly vote: Vote
}

/** How many were overtaken by another replica; those are to be judged again. */
export const writeVotes = async (db: Queries, votes: readonly NewVote[], nowMs: number): Promise<number> => {
  const changed = votes.filter(one => one.was === null || !isDeepStrictEqual(one.was.vote, one.vote))
  if (changed.length === 0) return 0
  const rows = changed.map(({ endpoint, prober, was, vote: { sinceMs, ...vote } }) => ({
    endpoint,
    prober,
    ...vote,
    since: new Date(sinceMs),
    judged_at: new Date(nowMs),
    was: was?.judgedAt ?? null,
  }))
  const written = await sql<{ n: number }>`
    with new as (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as x(endpoint int, prober int, state text,
        reason text, blame text, since timestamptz, evidence jsonb, judged_at timestamptz, was timestamptz)
    ), changed as (
      update vote v set state = new.state, reason = new.reason, blame = new.blame, since = new.since,
        evidence = new.evidence, judged_at = new.judged_at
      from new where v.endpoint = new.endpoint and v.prober = new.prober and v.judged_at = new.was
      returning 1
    ), added as (
      insert into vote (endpoint, prober, state, reason, blame, since, evidence, judged_at)
      select endpoint, prober, state, reason, blame, since, evidence, judged_at from new where was is null
      on conflict do nothing
      returning 1
    )
    select ((select count(*) from changed) + (select count(*) from added))::int as n`.execute(db)
  return changed.length - (written.rows[0]?.n ?? 0)
}
