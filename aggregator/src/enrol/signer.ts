import type { PublicJwk } from '@llmstatus/shared/identity'
import { ProberId } from '@llmstatus/shared/ids'
import type { ProberTable } from '../db/schema.ts'
import type { Store } from '../db/store.ts'

/** Whose key it is, for every door of probers. */
export interface Signer {
  readonly prober: number
  readonly id: ProberId
  readonly name: string
  readonly state: ProberTable['state']
  readonly jwk: PublicJwk
  /** Where a rotation ended this key; null while it is in force. */
  readonly lastSeq: number | null
}

export const findSigner = async (db: Store['db'], kid: string): Promise<Signer | null> => {
  const row = await db
    .selectFrom('prober_key as k')
    .innerJoin('prober as p', 'p.num', 'k.prober')
    .select(['p.num as prober', 'p.id', 'p.name', 'p.state', 'k.jwk', 'k.last_seq as lastSeq'])
    .where('k.kid', '=', kid)
    .executeTakeFirst()
  return row === undefined ? null : { ...row, id: ProberId.parse(row.id) }
}

export interface Closed {
  readonly code: 'not_approved' | 'revoked' | 'quarantined'
  readonly detail: string
}

/** Null where the doors are open to it. */
export const closedTo = (state: ProberTable['state']): Closed | null => {
  switch (state) {
    case 'approved':
      return null
    case 'pending':
      return { code: 'not_approved', detail: 'compare the thumbprints, then: llmstatus-aggregator probers approve' }
    case 'revoked':
      return {
        code: 'revoked',
        detail: 'delete identity.json in its data folder and enrol with a new token; its results are kept',
      }
    case 'quarantined':
      return {
        code: 'quarantined',
        detail: 'find out which history is true, then: llmstatus-aggregator probers release',
      }
  }
}
