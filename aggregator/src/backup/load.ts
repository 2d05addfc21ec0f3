import { byDay, type Day, dayOf, partitionName } from '../db/days.ts'
import type { EngineName, Session } from '../db/store.ts'
import { damaged, type Header } from './archive.ts'
import { quoted, readTables, setNumbers, type Table } from './catalogue.ts'
import type { Piece } from './read-archive.ts'

/**
 * An archive → the tables of an empty schema, which is of the migrations that the archive names.
 *
 * Invariants
 * - A table and a column are what the schema has under that name; an archive that names others does not fit, and nothing
 *   that stands in it is ever part of a statement.
 * - Rows go in as values, cast to the type of their column.
 */
export interface Loading {
  readonly session: Session
  readonly engine: EngineName
  readonly pieces: AsyncIterable<Piece>
  readonly onRows: (table: string, rows: number) => void
}

export const loadRows = async ({ session, engine, pieces, onRows }: Loading): Promise<void> => {
  let inserts = new Map<string, string>()
  let sinceCheckpoint = 0
  for await (const piece of pieces) {
    if (piece.is === 'header') inserts = insertsOf(await fittingTables(session, piece.header))
    if (piece.is !== 'rows') continue
    const insert = inserts.get(piece.table)
    if (insert === undefined) throw damaged(`its schema has no table ${piece.table}`)
    const rows = `[${piece.lines.join(',')}]`
    await session.query(insert, [rows])
    sinceCheckpoint += rows.length
    if (engine === 'pglite' && sinceCheckpoint > checkpointBytes) {
      await session.exec('checkpoint')
      sinceCheckpoint = 0
    }
    onRows(piece.table, piece.lines.length)
  }
}

/** The embedded one has nobody in the background who would shorten its log. */
const checkpointBytes = 256 << 20

const fittingTables = async (session: Session, header: Header): Promise<readonly Table[]> => {
  const names = header.tables.map(table => table.name)
  const there = await readTables(session, names)
  for (const { name, columns } of header.tables) {
    const table = there.find(each => each.name === name)
    const fits =
      table !== undefined &&
      sameNames(
        table.columns.map(column => column.name),
        columns,
      )
    if (!fits) throw damaged(`its table ${name} does not fit the schema that it names`)
  }
  // the order of the archive, whatever that of the catalogue
  return header.tables.map(({ name, columns }) => ({
    name,
    columns: columns.flatMap(
      column => there.find(each => each.name === name)?.columns.filter(c => c.name === column) ?? [],
    ),
  }))
}

const sameNames = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && new Set([...a, ...b]).size === a.length

const insertsOf = (tables: readonly Table[]): Map<string, string> =>
  new Map(
    tables.map(({ name, columns }) => {
      const names = columns.map(column => quoted(column.name)).join(', ')
      const values = columns.map((column, n) => `(line ->> ${n})::${column.type}`).join(', ')
      return [
        name,
        `insert into ${quoted(name)} (${names}) overriding system value
        select ${values} from jsonb_array_elements($1::jsonb) line`,
      ]
    }),
  )

/** Made before the rows come, so that each goes to its own day at once. */
export const makeDays = async (session: Session, header: Header): Promise<void> => {
  for (const day of header.days) {
    const of = byDay.find(each => each.table === day.table)
    if (of !== undefined) await session.exec(emptyDay({ of, day: day.day }))
  }
}

const dayMs = 86_400_000

const emptyDay = (day: Day): string => `
  create table ${quoted(partitionName(day))} partition of ${quoted(day.of.table)}
  for values from ('${day.day}T00:00:00Z') to ('${dayOf(Date.parse(day.day) + dayMs)}T00:00:00Z')
  with (fillfactor = ${day.of.fillPercent})`

/** Once the schema is today's: what the rows alone do not bring. */
export const finishLoading = async (session: Session, header: Header, names: readonly string[]): Promise<void> => {
  await setNumbers(session, await readTables(session, names), header.numbers)
  for (const name of names) await session.exec(`analyze ${quoted(name)}`)
}
