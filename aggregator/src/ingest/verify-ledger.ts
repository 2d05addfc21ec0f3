import { type Head, noHead } from '@llmstatus/shared/chain'
import { keyFromJwk, type VerifyingKey } from '@llmstatus/shared/identity'
import { ProberId } from '@llmstatus/shared/ids'
import { startWalk, type Walk, walkOn } from '@llmstatus/shared/ledger'
import type { Queries } from '../db/store.ts'

/**
 * Reads the whole ledger of a prober again, as somebody would who trusts nobody: each signature by the key that was in
 * force, each digest, each link of the chain, each body, each receipt; and that the head is where the chain ends. Where its
 * beginning is no longer kept, the first record must continue the one whose hash was kept instead.
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
  /** Whose receipts count. */
  readonly aggregators: readonly VerifyingKey[]
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

/** A body may be a mebibyte. */
const page = 32

export const verifyLedger = async (deps: VerifyDeps, prober: LedgerProber): Promise<LedgerReport> => {
  const { db } = deps
  const { id, num, name } = prober
  const anchor = await readAnchor(db, num)
  const first = await db
    .selectFrom('prober_key')
    .select('jwk')
    .where('prober', '=', num)
    .where('first_seq', '<=', anchor.seq + 1)
    .orderBy('first_seq', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow()
  let walk = startWalk({
    prober: ProberId.parse(id),
    head: anchor,
    key: await keyFromJwk(first.jwk),
    aggregators: deps.aggregators,
  })
  const report = (broken: LedgerReport['broken']): LedgerReport => ({
    prober: id,
    name,
    records: walk.records,
    lines: walk.lines,
    from: walk.records === 0 ? null : walk.from,
    to: walk.records === 0 ? null : seqOf(walk),
    broken,
  })
  for (;;) {
    const rows = await readPage(db, num, seqOf(walk))
    for (const row of rows) {
      const next = await step(walk, row)
      if (typeof next === 'string') return report({ seq: row.seq, why: next })
      walk = next
    }
    if (rows.length < page) break
  }
  const head = await readHead(db, num)
  const ends = head.seq === walk.head?.seq && head.hash === walk.head.hash
  return report(ends ? null : { seq: seqOf(walk) + 1, why: `the head says ${head.seq}, and nothing is there` })
}

/** After which record the ledger begins: what stood before was kept as long as it had to be. */
const readAnchor = async (db: Queries, num: number): Promise<Head> =>
  (await db.selectFrom('ledger_anchor').select(['seq', 'hash']).where('prober', '=', num).executeTakeFirst()) ?? noHead

const seqOf = ({ head }: Walk): number => head?.seq ?? 0

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
const step = async (walk: Walk, row: Row): Promise<Walk | string> => {
  const stride = await walkOn(walk, row)
  if (!stride.ok) return stride.why
  if (stride.seq !== row.seq || stride.hash !== row.hash) return 'it is not the record that this row says'
  if (stride.lines.length !== row.n) return `it holds ${stride.lines.length} lines, and ${row.n} were taken`
  return stride.walk
}
