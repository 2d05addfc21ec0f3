import { sql } from 'kysely'
import type { Store } from '../db/store.ts'

/**
 * The embedded Postgres has nobody who vacuums beside it: what was deleted or written again keeps its room until somebody
 * does, and the planner knows nothing of what is there. Table by table, so that others get their turn in between.
 */
export const tidyEmbedded = async ({ db, engine }: Store): Promise<void> => {
  if (engine !== 'pglite') return
  const { rows } = await sql<{ name: string }>`
    select oid::regclass::text as name from pg_class
    where relnamespace = current_schema()::regnamespace and relkind = 'r'
      and (not relispartition or relname like '%_stray')
    order by 1`.execute(db)
  for (const { name } of rows) await sql`vacuum (analyze) ${sql.raw(name)}`.execute(db)
}
