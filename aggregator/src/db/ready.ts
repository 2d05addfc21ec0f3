import { sql } from 'kysely'
import type { Migration } from './migrate.ts'
import type { Queries } from './store.ts'

type Applied = Pick<Migration, 'n' | 'name' | 'sha256'>

/** None where nobody has ever migrated it. */
export const readApplied = async (db: Queries): Promise<readonly Applied[]> => {
  const { rows: there } = await sql<{ there: boolean }>`
    select to_regclass('schema_migration') is not null as there
  `.execute(db)
  if (there[0]?.there !== true) return []
  return (await sql<Applied>`select n, name, sha256 from schema_migration order by n`.execute(db)).rows
}

export const schemaIsCurrent = async (db: Queries, migrations: readonly Migration[]): Promise<boolean> => {
  const applied = await readApplied(db)
  return migrations.every(({ n, sha256 }) => applied.some(row => row.n === n && row.sha256 === sha256))
}
