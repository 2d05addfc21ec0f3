import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { ledgerDescribed, ledgerPathSchema, ledgerQuerySchema } from '../api/doors.ts'
import type { Reading } from '../api/reading.ts'
import { addRoute, found, notFound } from '../api/route.ts'
import type { Queries } from '../db/store.ts'
import { type LedgerPage, type LedgerRange, readLedgerPage } from './export-ledger.ts'

/** GET /api/v1/ledger/{prober}: the signed batches as they came, for whoever would verify them. Page by page, however many. */

export interface LedgerDeps {
  readonly db: Queries
  readonly config: Reading
}

export const registerLedger = (app: FastifyInstance, { db, config }: LedgerDeps): void => {
  const answer = async ({ path, query }: { readonly path: unknown; readonly query: unknown }) => {
    const { prober: asked } = ledgerPathSchema.parse(path)
    const { from, to, after_seq } = ledgerQuerySchema.parse(query)
    const prober = await numberOf(db, asked)
    if (prober === null) return notFound
    const range = { prober, afterSeq: Number(after_seq ?? 0), fromMs: msOf(from), toMs: msOf(to) }
    const first = await readLedgerPage(db, range)
    return found(Readable.from(lines(db, range, first)), { type: 'application/x-ndjson' })
  }
  addRoute(app, { ...ledgerDescribed, answer }, config)
}

async function* lines(db: Queries, range: LedgerRange, first: LedgerPage): AsyncGenerator<string> {
  for (let page = first; page.lines.length > 0; ) {
    for (const line of page.lines) yield line
    if (page.lastSeq === null) return
    page = await readLedgerPage(db, { ...range, afterSeq: page.lastSeq })
  }
}

const msOf = (time: string | undefined): number | null => (time === undefined ? null : Date.parse(time))

/** By its id, or by the name that people gave it. */
const numberOf = async (db: Queries, asked: string): Promise<number | null> => {
  const isId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(asked)
  const row = await db
    .selectFrom('prober')
    .select('num')
    .where(isId ? 'id' : 'name', '=', asked)
    .executeTakeFirst()
  return row?.num ?? null
}
