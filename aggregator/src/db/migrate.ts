import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { CodedError } from '@llmstatus/shared/errors'
import type { Session, Store } from './store.ts'

/**
 * Numbered SQL files, forward only.
 *
 * Invariants
 * - One file is one transaction, and the row that records it is in it: an interrupted run leaves whole files.
 * - Each transaction takes the same advisory lock first, so any number of starts at once apply each file once.
 * - A file that was applied never changes: its SHA-256 is compared. A database with a file we do not know is left alone.
 */

export interface Migration {
  readonly n: number
  readonly name: string
  readonly sql: string
  readonly sha256: string
}

interface MigrationFiles {
  readonly list: (folder: string) => readonly string[]
  readonly read: (path: string) => string
}

export const readMigrations = (files: MigrationFiles, folder: string): readonly Migration[] =>
  files
    .list(folder)
    .filter(name => /^\d{4}-.+\.sql$/.test(name))
    .toSorted()
    .map(name => {
      const sql = files.read(join(folder, name))
      return { n: Number(name.slice(0, 4)), name, sql, sha256: createHash('sha256').update(sql).digest('hex') }
    })

type Applied = Pick<Migration, 'n' | 'name' | 'sha256'>

/** The names of the files that this call applied. */
export const migrate = async (store: Store, migrations: readonly Migration[]): Promise<readonly string[]> => {
  const done: string[] = []
  for (;;) {
    const name = await store.transact(session => applyNext(session, migrations))
    if (name === null) return done
    done.push(name)
  }
}

/** Inside a transaction that is there: all of it or nothing. */
export const migrateWithin = async (session: Session, migrations: readonly Migration[]): Promise<void> => {
  while ((await applyNext(session, migrations)) !== null);
}

// 'llms' as a number; nobody else who shares the database has a reason to take the same
const lockId = 0x6c6c6d73

const applyNext = async (session: Session, migrations: readonly Migration[]): Promise<string | null> => {
  await session.query('select pg_advisory_xact_lock($1)', [lockId])
  await session.exec(`create table if not exists schema_migration (
    n int primary key, name text not null, sha256 text not null, applied_at timestamptz not null default now()
  )`)
  const next = nextMigration(migrations, await session.query<Applied>('select n, name, sha256 from schema_migration'))
  if (next === null) return null
  await session.exec(next.sql)
  await session.query('insert into schema_migration (n, name, sha256) values ($1, $2, $3)', [
    next.n,
    next.name,
    next.sha256,
  ])
  return next.name
}

/** What to apply next, null when all is there. Throws where the database is not one of ours. */
export const nextMigration = (known: readonly Migration[], applied: readonly Applied[]): Migration | null => {
  for (const row of applied) {
    const ours = known.find(migration => migration.n === row.n)
    if (ours === undefined)
      throw new CodedError(
        'schema_newer',
        `The database has migration ${row.name}, which this version does not know.`,
        {
          hint: 'Start the version that made it, or a newer one. Nothing was changed.',
        },
      )
    if (ours.sha256 !== row.sha256)
      throw new CodedError('schema_changed', `The database was made with another text of migration ${row.name}.`, {
        hint: 'Start the version that made it, or use another data folder or database. Nothing was changed.',
      })
  }
  const there = new Set(applied.map(row => row.n))
  return known.find(migration => !there.has(migration.n)) ?? null
}
