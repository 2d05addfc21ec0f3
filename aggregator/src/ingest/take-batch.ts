import { openBatch, readBatchHeader } from '@llmstatus/shared/batch'
import { keyFromJwk } from '@llmstatus/shared/identity'
import type { Thumbprint } from '@llmstatus/shared/ids'
import { closedTo, findSigner, type Signer } from '../enrol/signer.ts'
import { type Standing, standingOf } from '../keys/key-ring.ts'
import type { IngestDeps, NotTaken, Taken } from './arrival.ts'
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
  const opened = await open(deps, { jws, body, key: await keyFromJwk(signer.jwk), prober: signer.id })
  if (!opened.ok) return { ...opened, prober: signer.name }
  if (signer.lastSeq !== null && opened.claims.seq > signer.lastSeq)
    return { ok: false, code: 'unknown_key', detail: 'this key was replaced by another', prober: signer.name }
  const tooEarlyMs = deps.spend({
    sender: String(signer.prober),
    of: { batches: 1, bytes: jws.length + body.length },
    nowMs: deps.clock.nowMs(),
  })
  if (tooEarlyMs > 0) return tooMuch(signer, tooEarlyMs)
  const standing = await standingNow(deps, opened.claims.aud)
  if (standing.is !== 'taken') return { ok: false, ...notTakenAs[standing.is], prober: signer.name }
  const { key: ours, next } = standing
  const placed = await deps.turns.take(() => placeRecord(deps, { jws, body, opened, signer, ours, next }))
  return placed?.value ?? { ok: false, code: 'busy', detail: 'no turn came in time', prober: signer.name }
}

/** A key of ours that another replica brought into force a moment ago is not yet a reason to refuse for good. */
const open = async (deps: IngestDeps, record: Omit<Parameters<typeof openBatch>[0], 'audiences'>) => {
  const opened = await openBatch({ ...record, audiences: (await deps.keys.ring()).names })
  if (opened.ok || opened.code !== 'bad_claims') return opened
  return openBatch({ ...record, audiences: (await deps.keys.fresh()).names })
}

const standingNow = async ({ keys, clock }: IngestDeps, aud: Thumbprint): Promise<Standing> => {
  const standing = standingOf(await keys.ring(), aud, clock.nowMs())
  return standing.is === 'elsewhere' ? standingOf(await keys.fresh(), aud, clock.nowMs()) : standing
}

/** Neither of them makes a prober give its batch up. */
const notTakenAs = {
  retired: {
    code: 'unknown_key',
    detail: 'aud: is a key of this aggregator that was retired more than seven days ago: enrol again with a new token',
  },
  elsewhere: { code: 'unavailable', detail: 'aud: is a key of this aggregator that this replica does not have yet' },
} as const

const tooMuch = ({ name }: Signer, tooEarlyMs: number): NotTaken => ({
  ok: false,
  code: 'rate_limited',
  detail: 'this prober sent more than a prober has',
  prober: name,
  retryAfterS: Math.ceil(tooEarlyMs / 1000),
})
