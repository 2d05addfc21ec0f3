import type { ProbeType } from '@llmstatus/shared/result'
import { sql } from 'kysely'
import type { Queries } from '../db/store.ts'
import type { Endpoint, EndpointVerdict, Verdict, Vote } from './verdict.ts'

/** Everything that is known of the providers of some endpoints: each of theirs with its votes, and its verdict so far. */

export interface Candidate {
  readonly endpoint: Endpoint
  readonly was: { readonly verdict: Verdict; readonly judgedAt: Date } | null
  readonly votes: readonly Vote[]
}

type EndpointRow = Endpoint & Omit<Verdict, 'endpoint' | 'sinceMs'> & { since: Date; judged_at: Date | null }
type VoteRow = Omit<Vote, 'sinceMs'> & { endpoint: number; since: Date }

/** `forgetMs`: what has not been measured since then is left out. */
export const readCandidates = async (
  db: Queries,
  about: { readonly endpoints: readonly number[]; readonly forgetMs: number },
): Promise<readonly Candidate[]> => {
  const endpoints = await sql<EndpointRow>`
    select distinct on (e.id) e.id, e.provider, e.model, e.probe, d.type,
      v.state, v.reason, v.blame, v.confidence, v.voters, v.agree, v.since, v.judged_at
    from endpoint e
    join definition d on d.endpoint = e.id and d.at is not null
    left join verdict v on v.endpoint = e.id
    where e.provider in (select provider from endpoint where id = any(${[...about.endpoints]}::int[]))
      and d.type not in ('reference', 'control')
      and (v.reason is null or v.reason not in ('no_results', 'never_measured') or v.since >= ${new Date(about.forgetMs)})
    order by e.id, d.at desc, d.id desc`.execute(db)
  const votes = await sql<VoteRow>`
    select v.endpoint, v.state, v.reason, v.blame, v.since, v.evidence
    from vote v
    join prober p on p.num = v.prober and p.state = 'approved'
    where v.endpoint = any(${endpoints.rows.map(row => row.id)}::int[])
    order by v.endpoint, v.prober`.execute(db)
  const byEndpoint = Map.groupBy(votes.rows, row => row.endpoint)
  return endpoints.rows.map(row => candidateOf(row, byEndpoint.get(row.id) ?? []))
}

const candidateOf = (row: EndpointRow, votes: readonly VoteRow[]): Candidate => {
  const { id, provider, model, probe, type, since, judged_at, ...judged } = row
  const endpoint = { id, provider, model, probe, type: type as ProbeType }
  return {
    endpoint,
    was:
      judged_at === null ? null : { verdict: { endpoint, ...judged, sinceMs: since.getTime() }, judgedAt: judged_at },
    votes: votes.map(({ state, reason, blame, since, evidence }) => ({
      state,
      reason,
      blame,
      sinceMs: since.getTime(),
      evidence,
    })),
  }
}

export interface NewVerdict {
  readonly was: Candidate['was']
  readonly verdict: EndpointVerdict
}

/** As with votes: how many were overtaken by another replica. */
export const writeVerdicts = async (db: Queries, verdicts: readonly NewVerdict[], nowMs: number): Promise<number> => {
  const changed = verdicts.filter(({ was, verdict }) => was === null || !isSame(was.verdict, verdict))
  if (changed.length === 0) return 0
  const rows = changed.map(({ was, verdict }) => ({
    ...columns(verdict),
    since: new Date(verdict.sinceMs),
    judged_at: new Date(nowMs),
    was: was?.judgedAt ?? null,
  }))
  const written = await sql<{ n: number }>`
    with new as (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as x(endpoint int, state text, reason text,
        blame text, confidence text, voters int, agree int, since timestamptz, judged_at timestamptz, was timestamptz)
    ), changed as (
      update verdict v set state = new.state, reason = new.reason, blame = new.blame, confidence = new.confidence,
        voters = new.voters, agree = new.agree, since = new.since, judged_at = new.judged_at
      from new where v.endpoint = new.endpoint and v.judged_at = new.was
      returning 1
    ), added as (
      insert into verdict (endpoint, state, reason, blame, confidence, voters, agree, since, judged_at)
      select endpoint, state, reason, blame, confidence, voters, agree, since, judged_at from new where was is null
      on conflict do nothing
      returning 1
    )
    select ((select count(*) from changed) + (select count(*) from added))::int as n`.execute(db)
  return changed.length - (written.rows[0]?.n ?? 0)
}

const columns = ({ endpoint, state, reason, blame, confidence, voters, agree }: Verdict) => ({
  endpoint: endpoint.id,
  state,
  reason,
  blame,
  confidence,
  voters,
  agree,
})

const isSame = (a: Verdict, b: Verdict): boolean =>
  a.sinceMs === b.sinceMs && JSON.stringify(columns(a)) === JSON.stringify(columns(b))
