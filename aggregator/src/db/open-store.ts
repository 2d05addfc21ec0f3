import { CodedError } from '@llmstatus/shared/errors'
import { reveal, type Secret } from '@llmstatus/shared/secret'
import { sql } from 'kysely'
import { openEmbedded } from './open-embedded.ts'
import { openServer } from './open-server.ts'
import type { Store } from './store.ts'
import { isUnavailable } from './unavailable.ts'

export type Where = { readonly databaseUrl: Secret } | { readonly dataDir: string }

/** `onIdleError` hears of connections that broke while nobody used them. */
export const openStore = async (where: Where, onIdleError: (error: Error) => void): Promise<Store> => {
  if ('dataDir' in where) return openEmbedded({ dataDir: where.dataDir })
  const url = reveal(where.databaseUrl)
  const store = openServer(url, onIdleError)
  try {
    await sql`select 1`.execute(store.db)
    return store
  } catch (error) {
    await store.close()
    throw explained(error, url)
  }
}

/** 28: wrong user or password · 3D: no such database. The operator's to mend, as an address where nobody listens is. */
const explained = (error: unknown, url: string): unknown => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (!isUnavailable(error) && !/^(28|3D)/.test(code)) return error
  const reason = error instanceof Error ? error.message : String(error)
  return new CodedError('database_unreachable', `The database at ${placeOf(url)} does not answer: ${reason || code}`, {
    hint: 'Check LLMSTATUS_DATABASE_URL, and that the server runs and lets this machine in.',
    cause: error,
  })
}

/** Host and port, without user and password. */
const placeOf = (url: string): string =>
  URL.canParse(url) ? new URL(url).host || 'its socket' : 'LLMSTATUS_DATABASE_URL'
