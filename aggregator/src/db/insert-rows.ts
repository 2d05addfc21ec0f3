import { type RawBuilder, sql } from 'kysely'
import { arrayText, type Cell } from './array-text.ts'
import type { Db } from './schema.ts'
import type { Queries } from './store.ts'

/**
 * Many rows in one statement and one array a column: the server plans it once, whatever the number of rows, and a
 * statement has 44 parameters instead of 44 a row.
 */
export interface RowShape {
  readonly table: keyof Db
  /** Column and type, in the order of the statement. */
  readonly columns: Readonly<Record<string, string>>
  /** What follows the rows, such as `on conflict do nothing`. */
  readonly onConflict: RawBuilder<unknown>
}

type Row<S extends RowShape> = { readonly [C in keyof S['columns']]: Cell }

interface Rows<S extends RowShape> {
  readonly rows: readonly Row<S>[]
  readonly returning?: RawBuilder<unknown>
}

/** The statement alone, for whoever makes it a part of another. */
export const insertOf = <S extends RowShape>(shape: S, { rows, returning }: Rows<S>): RawBuilder<unknown> => {
  const names = Object.keys(shape.columns)
  const columns = sql.join(names.map(name => sql.id(name)))
  const arrays = names.map(
    name => sql`${arrayText(rows.map(row => row[name] ?? null))}::${sql.raw(shape.columns[name] ?? '')}[]`,
  )
  return sql`
    insert into ${sql.table(shape.table)} (${columns})
    select * from unnest(${sql.join(arrays)})
    ${shape.onConflict}
    ${returning === undefined ? sql`` : sql`returning ${returning}`}`
}

export const insertRows = async <S extends RowShape, Returned = never>(
  db: Queries,
  shape: S,
  what: Rows<S>,
): Promise<readonly Returned[]> => {
  if (what.rows.length === 0) return []
  const done = await sql<Returned>`${insertOf(shape, what)}`.execute(db)
  return done.rows
}
