import { inflateLines, openBatch, receiptHolds } from '@llmstatus/shared/batch'
import { type Head, noHead, placeInChain } from '@llmstatus/shared/chain'
import { keyFromJwk, types, type VerifyingKey } from '@llmstatus/shared/identity'
import { ProberId } from '@llmstatus/shared/ids'
import type { Queries } from '../db/store.ts'

/**
 * Reads the whole ledger of a prober again, as somebody would who trusts nobody: each signature by the key that was in
 * force, each digest, each link of the chain, each body, each receipt; and that the head is where the chain ends.
 */
export interface LedgerReport {
  readonly prober: string
  readonly name: string
  readonly records: number
  readonly lines: number
  /** Null where the ledger is empty. */
  readonly from: number | null
  readonly to: number | null
  /** Null where all of it holds. */
  readonly broken: { readonly seq: number; readonly why: string } | null
}

export interface VerifyDeps {
  readonly db: Queries
  readonly aggregator: VerifyingKey
}

export interface LedgerProber {
  readonly id: string
  readonly num: number
  readonly name: string
}

interface Row {
  readonly seq: number
  readonly hash: string
  readonly jws: string
  readonly body: Uint8Array
  readonly receipt: string
  readonly n: number
}

/** What holds up to here, and what the next record must be signed with. */
interface Walk {
  readonly head: Head
  readonly key: VerifyingKey
  readonly records: number
  readonly lines: number
}

const page = 200

export const verifyLedger = async (deps: VerifyDeps, prober: LedgerProber): Promise<LedgerReport> => {
  const { db } = deps
  const { id, num, name } = prober
  const first = await db
    .selectFrom('prober_key')
    .select('jwk')
    .where('prober', '=', num)
    .orderBy('first_seq')
    .limit(1)
    .executeTakeFirstOrThrow()
  let walk: Walk = { head: noHead, key: await keyFromJwk(first.jwk), records: 0, lines: 0 }
  const report = (broken: LedgerReport['broken']): LedgerReport => ({
    prober: id,
    name,
    records: walk.records,
    lines: walk.lines,
    from: walk.records === 0 ? null : 1,
    to: walk.records === 0 ? null : walk.head.seq,
    broken,
  })
  for (;;) {
    const rows = await readPage(db, num, walk.head.seq)
    for (const row of rows) {
      const next = await step(deps, prober, { walk, row })
      if (typeof next === 'string') return report({ seq: row.seq, why: next })
      walk = next
    }
    if (rows.length < page) break
  }
  const head = await readHead(db, num)
  const ends = head.seq === walk.head.seq && head.hash === walk.head.hash
  return report(ends ? null : { seq: walk.head.seq + 1, why: `the head says ${head.seq}, and nothing is there` })
}

const readPage = (db: Queries, prober: number, afterSeq: number): Promise<readonly Row[]> =>
  db
    .selectFrom('ledger')
    .select(['seq', 'hash', 'jws', 'body', 'receipt', 'n'])
    .where('prober', '=', prober)
    .where('seq', '>', afterSeq)
    .orderBy('seq')
    .limit(page)
    .execute()

const readHead = async (db: Queries, num: number): Promise<Head> => {
  const row = await db
    .selectFrom('prober')
    .select(['head_seq', 'head_hash'])
    .where('num', '=', num)
    .executeTakeFirstOrThrow()
  return { seq: row.head_seq, hash: row.head_hash }
}

/** What is wrong with this record, or how far it brings us. */
const step = async (
  deps: VerifyDeps,
  prober: LedgerProber,
  { walk, row }: { readonly walk: Walk; readonly row: Row },
): Promise<Walk | string> => {
  const sub = ProberId.parse(prober.id)
  const { jws, body } = row
  const opened = await openBatch({ jws, body, key: walk.key, prober: sub, audiences: [deps.aggregator.kid] })
  if (!opened.ok) return `${opened.code}: ${opened.detail}`
  const { seq } = opened.claims
  if (seq !== row.seq || opened.hash !== row.hash) return 'it is not the record that this row says'
  const placement = placeInChain(walk.head, opened, null)
  if (placement !== 'next') return placement === 'gap' ? 'a record is missing before it' : 'it continues another chain'
  const lines = opened.type === types.batch ? inflateLines(body, opened.claims) : []
  if ('code' in lines) return `${lines.code}: ${lines.detail}`
  if (lines.length !== row.n) return `it holds ${lines.length} lines, and ${row.n} were taken`
  const receipt = await receiptHolds(deps.aggregator, row.receipt, { sub, seq, h: opened.hash })
  if (receipt === null) return 'its receipt is not ours'
  return {
    head: { seq, hash: opened.hash },
    key: opened.type === types.rotate ? opened.successor : walk.key,
    records: walk.records + 1,
    lines: walk.lines + lines.length,
  }
}
