import { CodedError } from '@llmstatus/shared/errors'
import type { VerifyingKey } from '@llmstatus/shared/identity'
import { type Migration, migrateWithin } from '../db/migrate.ts'
import type { EngineName, Session } from '../db/store.ts'
import { type Header, unusable } from './archive.ts'
import { finishLoading, loadRows, makeDays } from './load.ts'
import type { Piece } from './read-archive.ts'
import { tableNames } from './tables.ts'

/** An empty schema → the database that the archive is of, at today's schema. One transaction, whatever is in it. */
export interface Filling {
  readonly engine: EngineName
  readonly header: Header
  readonly pieces: () => AsyncIterable<Piece>
  readonly migrations: readonly Migration[]
  /** Whose it shall be from now on; null where it stays whose it was. */
  readonly heir: VerifyingKey | null
  readonly nowMs: number
  readonly onRows: (table: string, rows: number) => void
}

export const fill = async (session: Session, filling: Filling): Promise<void> => {
  const { engine, header, pieces, migrations, onRows } = filling
  await session.exec(readSettings)
  await migrateWithin(session, migrationsOf(header, migrations))
  await makeDays(session, header)
  await loadRows({ session, engine, pieces: pieces(), onRows })
  await migrateWithin(session, migrations)
  await finishLoading(session, header, tableNames)
  await handOver(session, filling)
}

/** Values are read as they were written. */
const readSettings = `
  set local timezone = 'UTC';
  set local datestyle = 'ISO, YMD';
  set local idle_in_transaction_session_timeout = 0;
`

/** Those that the archive was made with. One that this program has not, or has with another text, is not its to restore. */
export const migrationsOf = (header: Header, known: readonly Migration[]): readonly Migration[] =>
  header.schema.map(({ n, name, sha256 }) => {
    const ours = known.find(migration => migration.n === n)
    if (ours === undefined)
      throw unusable(
        `The archive has migration ${name}, which this version does not know.`,
        `Restore it with version ${header.version}, which made it, or a newer one. Nothing was changed.`,
      )
    if (ours.sha256 !== sha256)
      throw unusable(
        `The archive was made with another text of migration ${name}.`,
        'Restore it with the version that made it. Nothing was changed.',
      )
    return ours
  })

const handOver = async (session: Session, { header: { aggregator }, heir, nowMs }: Filling): Promise<void> => {
  if (heir === null || aggregator === null) return
  if (aggregator.jwk === null)
    throw new CodedError('key_mismatch', 'The archive does not know the key it was signed with.')
  const now = new Date(nowMs).toISOString()
  await session.query('delete from former_key where kid = $1', [heir.kid])
  await session.query(
    `insert into former_key (kid, jwk, since, until) select kid, $1::jsonb, since, $2::timestamptz from aggregator`,
    [JSON.stringify(aggregator.jwk), now],
  )
  await session.query('update aggregator set kid = $1, since = $2::timestamptz', [heir.kid, now])
}
