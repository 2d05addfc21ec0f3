import { byDay, type Day } from '../db/days.ts'
import type { Session } from '../db/store.ts'

/** What a database says of its own tables. Names that are put into a statement come from here, or from our own list. */

export interface Column {
  readonly name: string
  /** As a cast names it: `timestamp(3) with time zone`. */
  readonly type: string
  readonly numbered: boolean
}

export interface Table {
  readonly name: string
  readonly columns: readonly Column[]
}

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** Those of these names that are tables of this schema, with their columns in order. */
export const readTables = async (session: Session, names: readonly string[]): Promise<readonly Table[]> => {
  const rows = await session.query<Column & { table: string }>(
    `select c.relname as table, a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
      a.attidentity <> '' as numbered
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    order by c.relname, a.attnum`,
  )
  return names.flatMap(name => {
    const columns = rows.filter(row => row.table === name)
    return columns.length === 0 ? [] : [{ name, columns: columns.map(({ table: _, ...column }) => column) }]
  })
}

export const readDays = async (session: Session): Promise<readonly Day[]> => {
  const rows = await session.query<{ name: string }>(
    `select c.relname as name from pg_class c
    where c.relnamespace = current_schema()::regnamespace and c.relispartition and c.relkind = 'r' order by 1`,
  )
  return rows.flatMap(({ name }) => dayOfName(name) ?? [])
}

/** `result_20261120`; the strays have no day. */
const dayOfName = (name: string): Day | null => {
  const [, table, year, month, day] = /^(\w+)_(\d{4})(\d{2})(\d{2})$/.exec(name) ?? []
  const of = byDay.find(each => each.table === table)
  return of === undefined ? null : { of, day: `${year}-${month}-${day}` }
}

export interface Numbers {
  readonly table: string
  readonly column: string
  /** The last number that was given out, 0 where none was. */
  readonly last: number
}

export const readNumbers = async (session: Session, from: readonly Table[]): Promise<readonly Numbers[]> => {
  const numbers: Numbers[] = []
  for (const { table, column } of numberedOf(from)) {
    const [name] = await session.query<{ sequence: string }>('select pg_get_serial_sequence($1, $2) as sequence', [
      quoted(table),
      column,
    ])
    const [row] = await session.query<{ last: number }>(
      `select case when is_called then last_value else last_value - 1 end as last from ${name?.sequence}`,
    )
    numbers.push({ table, column, last: Number(row?.last ?? 0) })
  }
  return numbers
}

/** Goes on after the last number that was given out, and never at one that is there. */
export const setNumbers = async (
  session: Session,
  from: readonly Table[],
  archived: readonly Numbers[],
): Promise<void> => {
  for (const { table, column } of numberedOf(from)) {
    const last = archived.find(each => each.table === table && each.column === column)?.last ?? 0
    await session.query(
      `select setval(pg_get_serial_sequence($1, $2), greatest(1, $3::bigint, most), greatest($3::bigint, most) > 0)
      from (select coalesce(max(${quoted(column)}), 0) as most from ${quoted(table)}) m`,
      [quoted(table), column, last],
    )
  }
}

const numberedOf = (from: readonly Table[]) =>
  from.flatMap(table =>
    table.columns.filter(column => column.numbered).map(column => ({ table: table.name, column: column.name })),
  )
