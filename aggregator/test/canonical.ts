import { createHash } from 'node:crypto'
import { quoted, readNumbers, readTables } from '../src/backup/catalogue.ts'
import { tableNames } from '../src/backup/tables.ts'
import type { Store } from '../src/db/store.ts'

/**
 * Everything in a database as text, whatever engine it is in: of each table its rows in order, the number that comes next,
 * and a digest of it all. Bytes and floats are there to the last bit.
 */
export const canonicalOf = (store: Store): Promise<Readonly<Record<string, string>>> =>
  store.transact(async session => {
    await session.exec(`set local timezone = 'UTC'; set local extra_float_digits = 1`)
    const tables = await readTables(session, tableNames)
    const digests: Record<string, string> = {}
    for (const { name, columns } of tables) {
      const values = columns.map(({ name: column }) => `t.${quoted(column)}::text`).join(', ')
      const rows = await session.query<{ line: string }>(
        `select to_json(array[${values}])::text as line from ${quoted(name)} t`,
      )
      const lines = rows.map(row => row.line).sort()
      digests[name] = `${lines.length} rows ${createHash('sha256').update(lines.join('\n')).digest('hex')}`
    }
    for (const { table, column, last } of await readNumbers(session, tables)) digests[`${table}.${column}`] = `${last}`
    return digests
  })

/** How many rows of a table lie in which of its partitions. */
export const placesOf = (store: Store, table: string): Promise<readonly { place: string; rows: number }[]> =>
  store.transact(session =>
    session.query(
      `select tableoid::regclass::text as place, count(*)::int as rows from ${quoted(table)} group by 1 order by 1`,
    ),
  )
