import { Readable } from 'node:stream'
import { outcomeCodes } from '@llmstatus/shared/outcome'
import { whys } from '@llmstatus/shared/result'
import { z } from 'zod'
import type { Queries } from '../../db/store.ts'
import { type Answer, type Asked, found, type Route } from '../route.ts'
import { csvHead, csvLine } from './csv.ts'
import { type Place, readCursor, writeCursor } from './cursor.ts'
import { type Filter, type ResultRow, readResults } from './queries.ts'
import { resultOf } from './result-of.ts'

const Name = z.string().min(1).max(128)
const Time = z.iso.datetime({ error: 'is not a time in UTC such as 2026-11-20T12:00:00Z' })
const mostRows = 1_000
const limitRefusal = `is not a number from 1 to ${mostRows}`

const Query = z.strictObject({
  provider: Name.optional(),
  model: Name.optional().describe("By the provider's own id"),
  probe: Name.optional(),
  vantage: Name.optional().describe('By its name'),
  outcome: z.enum(outcomeCodes).optional(),
  why: z.enum(whys).optional(),
  from: Time.optional().describe('Planned for this instant or later'),
  to: Time.optional().describe('Planned for before this instant'),
  cursor: z
    .string()
    .max(128)
    .refine(text => readCursor(text) !== null, 'is not a cursor of ours')
    .optional()
    .describe('Where the page before ended: its `next_cursor`'),
  limit: z
    .string()
    .regex(/^\d{1,4}$/, limitRefusal)
    .transform(Number)
    .pipe(z.int().min(1, limitRefusal).max(mostRows, limitRefusal))
    .optional()
    .describe('At most so many; as JSON 100 where it is left out, as CSV all of them'),
  format: z.enum(['json', 'csv']).optional().describe('Or by the header Accept: text/csv'),
})
type Query = z.infer<typeof Query>

const usualRows = 100
/** So many are read and written at one time, however many are asked for. */
const rowsAtOnce = 500

export const resultsRoute = ({ db }: { readonly db: Queries }): Route => ({
  method: 'GET',
  path: '/api/v1/results',
  access: 'read',
  tag: 'results',
  summary: 'Raw results, newest first, page by page; as JSON or CSV',
  inQuery: Query,
  answers: { 200: { description: 'A page of them', schema: 'ResultPage' } },
  problems: ['bad_request', 'sign_in_required', 'unavailable'],
  example: '/api/v1/results?provider=openai&probe=chat&vantage=eu-1&limit=1',
  answer: async asked => {
    const { cursor, limit, format, ...filter } = asked.query as Query
    const after = cursor === undefined ? null : readCursor(cursor)
    const wantsCsv = format === 'csv' || (format === undefined && /\btext\/csv\b/.test(asked.accept))
    return wantsCsv ? csv(db, filter, { after, limit: limit ?? Infinity }) : page(db, asked, { filter, after, limit })
  },
})

interface PageAsked {
  readonly filter: Filter
  readonly after: Place | null
  readonly limit: number | undefined
}

const page = async (db: Queries, asked: Asked, { filter, after, limit = usualRows }: PageAsked): Promise<Answer> => {
  // one more says whether there is a next page
  const rows = await readResults(db, filter, { after, limit: limit + 1 })
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const next_cursor = rows.length > limit && last !== undefined ? writeCursor(placeOf(last)) : null
  const headers = next_cursor === null ? {} : { link: linkTo(asked, next_cursor) }
  return found({ results: shown.map(resultOf), next_cursor }, { headers })
}

/** RFC 8288. */
const linkTo = ({ query, origin }: Asked, cursor: string): string => {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries({ ...(query as Query), cursor }))
    if (value !== undefined) parameters.set(name, String(value))
  return `<${origin}/api/v1/results?${parameters}>; rel="next"`
}

const placeOf = ({ slot, id, endpoint, prober }: ResultRow): Place => ({ slotMs: slot.getTime(), id, endpoint, prober })

interface Rest {
  readonly after: Place | null
  readonly limit: number
}

/** The first page is read before anything is said, so that a database that is away is still a problem and no empty file. */
const csv = async (db: Queries, filter: Filter, rest: Rest): Promise<Answer> => {
  const first = await readResults(db, filter, { after: rest.after, limit: Math.min(rest.limit, rowsAtOnce) })
  return found(Readable.from(csvLines(db, filter, { first, limit: rest.limit })), {
    type: 'text/csv; charset=utf-8; header=present',
    headers: { 'content-disposition': 'attachment; filename="results.csv"' },
  })
}

async function* csvLines(
  db: Queries,
  filter: Filter,
  { first, limit }: { readonly first: readonly ResultRow[]; readonly limit: number },
): AsyncGenerator<string> {
  yield csvHead
  let left = limit
  for (let rows = first; rows.length > 0; ) {
    yield rows.map(row => csvLine(resultOf(row))).join('')
    left -= rows.length
    const last = rows.at(-1)
    if (rows.length < rowsAtOnce || left <= 0 || last === undefined) return
    rows = await readResults(db, filter, { after: placeOf(last), limit: Math.min(left, rowsAtOnce) })
  }
}
