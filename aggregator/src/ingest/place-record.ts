import { signReceipt } from '@llmstatus/shared/batch'
import { type Head, placeInChain } from '@llmstatus/shared/chain'
import { types } from '@llmstatus/shared/identity'
import type { Transaction } from 'kysely'
import type { Db, ProberTable } from '../db/schema.ts'
import { isDuplicate } from '../db/unavailable.ts'
import { closedTo } from '../enrol/signer.ts'
import type { Arrival, IngestDeps, NotTaken, Taken } from './arrival.ts'
import { appendRecord, readRecord } from './ledger.ts'
import { moveHead } from './move-head.ts'
import { storeLines } from './store-lines.ts'

/**
 * One record and its place, decided and stored in one transaction.
 *
 * Invariants
 * - The prober's row is locked first, so the records of one prober are placed one after the other, whoever carries them.
 * - Ledger, rows, buckets and head are one commit: all of it is there, or the head has not moved and the record comes
 *   again.
 * - What is answered as taken has been committed, and the receipt that says so is stored with it.
 */
export const placeRecord = async (deps: IngestDeps, arrival: Arrival): Promise<Taken> => {
  try {
    return await deps.db.transaction().execute(trx => decide(deps, trx, arrival))
  } catch (error) {
    if (isDuplicate(error, 'prober_key_pkey') || isDuplicate(error, 'prober_kid_key')) return knownSuccessor(arrival)
    throw error
  }
}

const decide = async (deps: IngestDeps, trx: Transaction<Db>, arrival: Arrival): Promise<Taken> => {
  const { opened, signer } = arrival
  const { head, state } = await lockProber(trx, signer.prober)
  const closed = closedTo(state)
  if (closed !== null) return { ok: false, ...closed, prober: signer.name }
  const { seq } = opened.claims
  const there = seq <= head.seq ? await readRecord(trx, signer.prober, seq) : null
  const expected = { expected_seq: head.seq + 1, head: head.hash }
  switch (placeInChain(head, opened, there?.hash ?? null)) {
    case 'next':
      return store(deps, trx, arrival)
    case 'same':
      return there === null
        ? gap(arrival, expected)
        : { ok: true, is: 'same', prober: signer.name, seq, ...there, endpoints: [] }
    case 'gap':
      return gap(arrival, expected)
    case 'fork':
      return fork(deps, trx, { arrival, expected })
  }
}

type Expected = NonNullable<NotTaken['expected']>

const gap = ({ opened, signer }: Arrival, expected: Expected): NotTaken => {
  const detail = `this is ${opened.claims.seq}, and ${expected.expected_seq} is expected`
  return { ok: false, code: 'gap', detail, prober: signer.name, expected }
}

/** A key that a rotation has ended may say again what it said, and cannot accuse the one that came after it. */
const fork = async (
  deps: IngestDeps,
  trx: Transaction<Db>,
  { arrival, expected }: { readonly arrival: Arrival; readonly expected: Expected },
): Promise<NotTaken> => {
  const { signer } = arrival
  if (signer.lastSeq !== null)
    return { ok: false, code: 'unknown_key', detail: 'this key was replaced by another', prober: signer.name }
  await trx
    .updateTable('prober')
    .set({ state: 'quarantined', state_since: new Date(deps.clock.nowMs()) })
    .where('num', '=', signer.prober)
    .execute()
  return {
    ok: false,
    code: 'fork',
    detail: 'another record stands here: a copied volume, or somebody else has the key',
    prober: signer.name,
    expected,
  }
}

const knownSuccessor = ({ signer }: Arrival): NotTaken => ({
  ok: false,
  code: 'bad_claims',
  detail: 'jwk: is a key that was enrolled before',
  prober: signer.name,
})

const lockProber = async (
  trx: Transaction<Db>,
  num: number,
): Promise<{ readonly head: Head; readonly state: ProberTable['state'] }> => {
  const row = await trx
    .selectFrom('prober')
    .select(['head_seq', 'head_hash', 'state'])
    .where('num', '=', num)
    .forUpdate()
    .executeTakeFirstOrThrow()
  return { head: { seq: row.head_seq, hash: row.head_hash }, state: row.state }
}

const store = async (deps: IngestDeps, trx: Transaction<Db>, arrival: Arrival): Promise<Taken> => {
  const { jws, body, opened, signer } = arrival
  const nowMs = deps.clock.nowMs()
  const lines = opened.type === types.batch ? deps.inflate(body, opened.claims) : []
  if ('code' in lines) return { ...lines, prober: signer.name }
  const { prober } = signer
  const stored = await storeLines(trx, { prober, lines, version: opened.claims.v, nowMs })
  const { seq } = opened.claims
  const successor = arrival.next === null ? {} : { next: arrival.next }
  const receipt = await signReceipt(arrival.ours, { sub: signer.id, seq, h: opened.hash, ...successor })
  await appendRecord(trx, { prober, opened, jws, body, receivedMs: nowMs, receipt, lines: lines.length, ...stored })
  const counted = { ...stored, droppedKeys: stored.droppedKeys + opened.dropped }
  await moveHead(trx, { prober, opened, nowMs, lastResultMs: stored.lastResultMs, counted })
  const { rejected, endpoints } = stored
  return { ok: true, is: 'new', prober: signer.name, seq, receipt, rejected, endpoints }
}
