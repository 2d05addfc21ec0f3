import { sql } from 'kysely'
import type { Migration } from './migrate.ts'
import type { Queries } from './store.ts'

export const schemaIsCurrent = async (db: Queries, migrations: readonly Migration[]): Promise<boolean> => {
  const { rows: there } = await sql<{ there: boolean }>`
    select to_regclass('schema_migration') is not null as there
  `.execute(db)
  if (there[0]?.there !== true) return false
  const { rows } = await sql<{ newest: number | null }>`select max(n) as newest from schema_migration`.execute(db)
  return rows[0]?.newest === Math.max(...migrations.map(migration => migration.n))
}
