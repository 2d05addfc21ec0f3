import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { archiveEndLine, type Header, partLine, type Totals, tableEndLine } from './archive.ts'

const pack = promisify(gzip)
/** Half as long as at the level that is usual, and a fifth larger. */
const level = 3

/** Lines of one table, some at a time. */
export type TableLines = (table: string) => AsyncIterable<readonly string[]>

interface Writing {
  readonly header: Header
  readonly lines: TableLines
  readonly write: (bytes: Uint8Array) => Promise<void>
  readonly onRows: (table: string, rows: number) => void
}

interface Part {
  readonly rows: number
  readonly packed: Promise<Buffer>
}

/** What is packed and what is read from the database next are two pieces at most: memory does not grow with the archive. */
export const writeArchive = async ({ header, lines, write, onRows }: Writing): Promise<Totals> => {
  const total = createHash('sha256')
  let bytes = 0
  let rows = 0
  const put = async (text: string | Uint8Array): Promise<void> => {
    const chunk = typeof text === 'string' ? Buffer.from(text) : text
    total.update(chunk)
    bytes += chunk.length
    await write(chunk)
  }
  await put(`${JSON.stringify(header)}\n`)
  for (const { name } of header.tables) {
    const sha256 = createHash('sha256')
    let tableRows = 0
    const putPart = async (part: Part | null): Promise<void> => {
      if (part === null) return
      const packed = await part.packed
      await put(partLine(name, part.rows, packed.length))
      await put(packed)
    }
    let before: Part | null = null
    for await (const some of lines(name)) {
      const text = Buffer.from(`${some.join('\n')}\n`)
      sha256.update(text)
      tableRows += some.length
      const next: Part = { rows: some.length, packed: pack(text, { level }) }
      await putPart(before)
      before = next
      onRows(name, some.length)
    }
    await putPart(before)
    await put(tableEndLine(name, tableRows, sha256.digest('hex')))
    rows += tableRows
  }
  const totals = { rows, bytes, sha256: total.digest('hex') }
  await write(Buffer.from(archiveEndLine(totals)))
  return totals
}
