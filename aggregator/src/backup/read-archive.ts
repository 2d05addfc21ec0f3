import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import {
  archiveEnd,
  archiveEndLine,
  damaged,
  type Header,
  limits,
  type Mark,
  readHeader,
  readMark,
  type Totals,
} from './archive.ts'
import { type Cursor, createCursor } from './cursor.ts'

const inflate = promisify(gunzip)

export type Chunks = AsyncIterable<Uint8Array>

/** Lines are rows; each is JSON, unread. */
export type Piece =
  | { readonly is: 'header'; readonly header: Header }
  | { readonly is: 'rows'; readonly table: string; readonly lines: readonly string[] }
  | ({ readonly is: 'end' } & Totals)

/**
 * An archive, piece by piece, a part of it in memory at a time. Throws at the first byte that is not as it was written; that
 * nothing is missing is known only with the last piece, so whoever must not act on half of it reads it twice.
 */
export async function* readArchive(chunks: Chunks): AsyncGenerator<Piece> {
  const cursor = createCursor(chunks)
  try {
    yield* readPieces(cursor)
  } finally {
    await cursor.close()
  }
}

async function* readPieces(cursor: Cursor): AsyncGenerator<Piece> {
  const total = createHash('sha256')
  const first = await cursor.line(limits.headerBytes)
  total.update(first)
  const header = readHeader(first.toString())
  yield { is: 'header', header }
  let rows = 0
  for (const { name } of header.tables) {
    let read = { rows: 0, sha256: createHash('sha256') }
    for (;;) {
      const line = await cursor.line(limits.lineBytes)
      const mark = readMark(line.toString())
      total.update(line)
      if (!('part' in mark)) {
        checkEnd(name, mark, { rows: read.rows, sha256: read.sha256.digest('hex') })
        break
      }
      if (mark.part !== name) throw damaged(`${mark.part} stands where ${name} should`)
      const packed = await cursor.take(mark.bytes)
      total.update(packed)
      const text = await inflated(name, packed)
      read = { rows: read.rows + mark.rows, sha256: read.sha256.update(text) }
      yield { is: 'rows', table: name, lines: linesOf(name, text, mark.rows) }
    }
    rows += read.rows
  }
  yield { is: 'end', ...(await readEnd(cursor, { rows, sha256: total.digest('hex') })) }
}

const inflated = async (table: string, packed: Uint8Array): Promise<Buffer> => {
  try {
    return await inflate(packed, { maxOutputLength: limits.inflatedBytes })
  } catch {
    throw damaged(`a part of ${table} does not unpack`)
  }
}

const linesOf = (table: string, text: Buffer, rows: number): readonly string[] => {
  const lines = text.toString('utf8').split('\n')
  if (lines.pop() !== '' || lines.length !== rows) throw damaged(`a part of ${table} does not hold ${rows} rows`)
  return lines
}

const checkEnd = (table: string, mark: Exclude<Mark, { part: string }>, read: Omit<Totals, 'bytes'>): void => {
  if (mark.end !== table) throw damaged(`${mark.end} ends where ${table} should`)
  if (mark.rows !== read.rows) throw damaged(`${table} has ${read.rows} rows, and should have ${mark.rows}`)
  if (mark.sha256 !== read.sha256) throw damaged(`the rows of ${table} are not those that were written`)
}

/** The one spelling that it can have. */
const readEnd = async (cursor: Cursor, { rows, sha256 }: Omit<Totals, 'bytes'>): Promise<Totals> => {
  const totals = { rows, bytes: cursor.read(), sha256 }
  const line = await cursor.line(limits.lineBytes)
  if (line.toString() !== archiveEndLine(totals)) throw damaged(`its ${archiveEnd} line does not hold`)
  if (!(await cursor.isAtEnd())) throw damaged('something follows its end')
  return totals
}

/** Reads it all and keeps nothing but what it is. */
export const verifyArchive = async (
  chunks: Chunks,
  onRows: (rows: number) => void,
): Promise<{ readonly header: Header; readonly totals: Totals }> => {
  let header: Header | null = null
  for await (const piece of readArchive(chunks)) {
    if (piece.is === 'header') header = piece.header
    if (piece.is === 'rows') onRows(piece.lines.length)
    if (piece.is === 'end' && header !== null) {
      const { is: _, ...totals } = piece
      return { header, totals }
    }
  }
  throw damaged('it has no end')
}
