import { CodedError } from '@llmstatus/shared/errors'
import type { Session } from '../db/store.ts'
import { quoted, readTables } from './catalogue.ts'
import { tableNames } from './tables.ts'

/** A database that a server has opened once and nobody has used is empty: it knows its aggregator, and nothing else. */
export const refuseNonEmpty = async (session: Session): Promise<void> => {
  const there = await readTables(
    session,
    tableNames.filter(name => name !== 'aggregator'),
  )
  for (const { name } of there) {
    const [row] = await session.query<{ any: boolean }>(`select exists(select from ${quoted(name)}) as any`)
    if (row?.any === true) throw notEmpty(`${name} has rows`)
  }
}

export const notEmpty = (why: string): CodedError =>
  new CodedError('database_not_empty', `There is a database already: ${why}.`, {
    hint: 'Restore into an empty one, or put the archive in its place with --replace. Nothing was changed.',
  })
