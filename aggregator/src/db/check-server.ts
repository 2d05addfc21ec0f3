import { CodedError } from '@llmstatus/shared/errors'
import { sql } from 'kysely'
import type { Queries } from './store.ts'

/** What a server must be for us. Asked once, when it is opened: else a batch would be the first to find out. */
export const checkServer = async (db: Queries, place: string): Promise<void> => {
  const { rows } = await sql<Answer>`
    select current_setting('server_version_num')::int as version, current_setting('server_version') as called,
      pg_is_in_recovery() as replica, current_setting('transaction_read_only') = 'on' as read_only,
      current_user as me, current_schema() as schema,
      current_schema() is not null and has_schema_privilege(current_schema(), 'create') as may_create`.execute(db)
  const problem = rows.map(problemOf).find(found => found !== null)
  if (problem === null || problem === undefined) return
  throw new CodedError('database_unfit', `The database at ${place} ${problem.what}.`, { hint: problem.hint })
}

const oldest = 15

interface Answer {
  readonly version: number
  readonly called: string
  readonly replica: boolean
  readonly read_only: boolean
  readonly me: string
  readonly schema: string | null
  readonly may_create: boolean
}

export const problemOf = (answer: Answer): { readonly what: string; readonly hint: string } | null => {
  const { version, called, replica, read_only, me, schema, may_create } = answer
  if (version < oldest * 10_000)
    return { what: `is Postgres ${called}`, hint: `Use Postgres ${oldest} or newer, or leave DATABASE_URL out.` }
  if (replica) return { what: 'is a replica that can only be read', hint: 'Name the primary in DATABASE_URL.' }
  if (read_only)
    return {
      what: 'can only be read',
      hint: `alter role ${me} set default_transaction_read_only = off, or use another user.`,
    }
  if (schema === null)
    return {
      what: `has no schema for ${me}`,
      hint: `create schema ${me} authorization ${me}, or grant usage on schema public.`,
    }
  if (!may_create)
    return {
      what: `does not let ${me} make tables in its schema ${schema}`,
      hint: `As its owner: grant usage, create on schema ${schema} to ${me}. Days are tables, so this is needed for good.`,
    }
  return null
}
