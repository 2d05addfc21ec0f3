import { CodedError } from '@llmstatus/shared/errors'
import { type Migration, nextMigration } from '../db/migrate.ts'
import type { EngineName, Session, Store } from '../db/store.ts'
import type { Header, SealedKey, Totals } from './archive.ts'
import { archiveVersion } from './archive.ts'
import { quoted, readDays, readNumbers, readTables, type Table } from './catalogue.ts'
import { tableNames, tables } from './tables.ts'
import { writeArchive } from './write-archive.ts'

/**
 * A database → an archive.
 *
 * Invariants
 * - One transaction that only reads, repeatable: everything is as it was at one moment, whoever writes meanwhile.
 * - The tables are locked against being dropped or altered, and against nothing else.
 * - Values are text as Postgres writes it under settings that are fixed here, so both engines write the same.
 */
export interface Dump {
  readonly store: Store
  readonly migrations: readonly Migration[]
  readonly version: string
  readonly nowMs: number
  /** What the key's file says of this database. Called with the name of its aggregator. */
  readonly keyOf: (kid: string) => Promise<HeaderKey>
  readonly write: (bytes: Uint8Array) => Promise<void>
  readonly onRows: (table: string, rows: number) => void
}

export interface HeaderKey {
  readonly jwk: NonNullable<Header['aggregator']>['jwk']
  readonly sealed: SealedKey | null
}

export interface Dumped {
  readonly header: Header
  readonly totals: Totals
  readonly rowsOf: Readonly<Record<string, number>>
}

export const dump = (asked: Dump): Promise<Dumped> =>
  asked.store.transact(async session => {
    await session.exec('set transaction isolation level repeatable read, read only')
    await session.exec(textSettings)
    const schema = await currentSchema(session, asked.migrations)
    await session.exec(`lock table ${tableNames.map(quoted).join(', ')} in access share mode`)
    const from = await readTables(session, tableNames)
    const header = await headerOf(session, { ...asked, engine: asked.store.engine, schema, from })
    const lines = (name: string) => readLines(session, tableNamed(from, name))
    const rowsOf: Record<string, number> = {}
    const onRows = (table: string, rows: number): void => {
      rowsOf[table] = (rowsOf[table] ?? 0) + rows
      asked.onRows(table, rows)
    }
    return { header, totals: await writeArchive({ header, lines, write: asked.write, onRows }), rowsOf }
  })

/** How values are written, and that nobody ends a transaction that waits for a slow disk. */
const textSettings = `
  set local timezone = 'UTC';
  set local datestyle = 'ISO, YMD';
  set local bytea_output = 'hex';
  set local extra_float_digits = 1;
  set local synchronize_seqscans = off;
  set local idle_in_transaction_session_timeout = 0;
`

/** What this program does not know it cannot back up, and what it would have to migrate first it does not. */
const currentSchema = async (session: Session, migrations: readonly Migration[]): Promise<Header['schema']> => {
  const [there] = await session.query<{ there: boolean }>(`select to_regclass('schema_migration') is not null as there`)
  const applied =
    there?.there === true
      ? await session.query<Header['schema'][number]>('select n, name, sha256 from schema_migration order by n')
      : []
  const next = nextMigration(migrations, applied)
  if (next === null) return [...applied]
  throw new CodedError('schema_older', `The database lacks migration ${next.name}, which this version would apply.`, {
    hint: 'Start the server of this version or run `llmstatus-aggregator migrate` first, or back up with the version that runs.',
  })
}

interface About extends Pick<Dump, 'version' | 'nowMs' | 'keyOf'> {
  readonly engine: EngineName
  readonly schema: Header['schema']
  readonly from: readonly Table[]
}

const headerOf = async (session: Session, about: About): Promise<Header> => {
  const [owner] = await session.query<{ kid: string }>('select kid from aggregator')
  const key = owner === undefined ? null : await about.keyOf(owner.kid)
  return {
    llmstatus_backup: archiveVersion,
    created_at: new Date(about.nowMs).toISOString(),
    version: about.version,
    engine: about.engine,
    aggregator: owner === undefined || key === null ? null : { kid: owner.kid, jwk: key.jwk },
    schema: about.schema,
    tables: about.from.map(({ name, columns }) => ({ name, columns: columns.map(column => column.name) })),
    days: (await readDays(session)).map(({ of, day }) => ({ table: of.table, day })),
    numbers: [...(await readNumbers(session, about.from))],
    key: key?.sealed ?? null,
  }
}

const tableNamed = (from: readonly Table[], name: string): Table => {
  const table = from.find(each => each.name === name)
  if (table === undefined) throw new Error(`there is no table ${name}`)
  return table
}

/** As many rows as make about this much. */
const partBytes = 1 << 20
const mostRows = 5_000

async function* readLines(session: Session, { name, columns }: Table): AsyncGenerator<readonly string[]> {
  const values = columns.map(column => `${quoted(column.name)}::text`).join(', ')
  await session.exec(
    `declare archived no scroll cursor for select to_json(array[${values}])::text as line from ${quoted(name)}`,
  )
  let count = tables[name as keyof typeof tables] as number
  for (;;) {
    const rows = await session.query<{ line: string }>(`fetch ${count} from archived`)
    if (rows.length === 0) break
    const lines = rows.map(row => row.line)
    yield lines
    const bytes = lines.reduce((sum, line) => sum + line.length, 0)
    count = Math.max(1, Math.min(mostRows, count * 2, Math.floor((rows.length * partBytes) / bytes)))
  }
  await session.exec('close archived')
}
