import { sql } from 'kysely'
import type { Queries } from '../../db/store.ts'
import type { Votes } from './provider-of.ts'
import type { Vote } from './schema.ts'

/** What each approved vantage says of each endpoint, all in one. */
export const readVotes = async (db: Queries): Promise<Votes> => {
  const { rows } = await sql<Omit<Vote, 'since'> & { endpoint: number; since: Date }>`
    select v.endpoint, p.name as vantage, v.state, v.reason, v.blame, v.since
    from vote v
    join prober p on p.num = v.prober and p.state = 'approved'
    order by v.endpoint, p.name`.execute(db)
  const votes = rows.map(({ since, ...vote }) => ({ ...vote, since: since.toISOString() }))
  return new Map(
    [...Map.groupBy(votes, vote => vote.endpoint)].map(([endpoint, own]) => [
      endpoint,
      own.map(({ endpoint: _, ...vote }) => vote),
    ]),
  )
}
