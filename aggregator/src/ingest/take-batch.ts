import { openBatch, readBatchHeader } from '@llmstatus/shared/batch'
import { keyFromJwk } from '@llmstatus/shared/identity'
import { ProberId } from '@llmstatus/shared/ids'
import type { Store } from '../db/store.ts'
import { closedTo, type IngestDeps, type NotTaken, type Signer, type Taken } from './arrival.ts'
import { placeRecord } from './place-record.ts'

/** Everything that can be refused without the chain. The body is bytes until its signature, length and digest held. */
export const takeBatch = async (
  deps: IngestDeps,
  { jws, body }: { readonly jws: string; readonly body: Uint8Array },
): Promise<Taken> => {
  const header = readBatchHeader(jws)
  if (header === null) return { ok: false, code: 'bad_signature', detail: 'the header is not one of ours' }
  const signer = await findSigner(deps.db, header.kid)
  if (signer === null) return { ok: false, code: 'unknown_key', detail: 'nobody was enrolled with this key' }
  const closed = closedTo(signer.state)
  if (closed !== null) return { ok: false, ...closed, prober: signer.name }
  const key = await keyFromJwk(signer.jwk)
  const opened = await openBatch({ jws, body, key, prober: signer.id, audiences: [deps.key.kid] })
  if (!opened.ok) return { ...opened, prober: signer.name }
  if (signer.lastSeq !== null && opened.claims.seq > signer.lastSeq)
    return { ok: false, code: 'unknown_key', detail: 'this key was replaced by another', prober: signer.name }
  const tooEarlyMs = deps.spend({
    sender: String(signer.prober),
    of: { batches: 1, bytes: jws.length + body.length },
    nowMs: deps.clock.nowMs(),
  })
  if (tooEarlyMs > 0) return tooMuch(signer, tooEarlyMs)
  const placed = await deps.turns.take(() => placeRecord(deps, { jws, body, opened, signer }))
  return placed?.value ?? { ok: false, code: 'busy', detail: 'no turn came in time', prober: signer.name }
}

const tooMuch = ({ name }: Signer, tooEarlyMs: number): NotTaken => ({
  ok: false,
  code: 'rate_limited',
  detail: 'this prober sent more than a prober has',
  prober: name,
  retryAfterS: Math.ceil(tooEarlyMs / 1000),
})

const findSigner = async (db: Store['db'], kid: string): Promise<Signer | null> => {
  const row = await db
    .selectFrom('prober_key as k')
    .innerJoin('prober as p', 'p.num', 'k.prober')
    .select(['p.num as prober', 'p.id', 'p.name', 'p.state', 'k.jwk', 'k.last_seq as lastSeq'])
    .where('k.kid', '=', kid)
    .executeTakeFirst()
  return row === undefined ? null : { ...row, id: ProberId.parse(row.id) }
}
