import { sealDefinitionSet, setLimits } from '@llmstatus/shared/definition-set'
import type { SigningKey } from '@llmstatus/shared/identity'
import { canonical, instant, sha256 } from '@llmstatus/shared/ids'
import { sql, type Transaction } from 'kysely'
import type { Db } from '../db/schema.ts'
import type { Store } from '../db/store.ts'
import { signersOf } from '../keys/key-ring.ts'
import type { Keys } from '../keys/keys.ts'

/**
 * The definitions that probers are offered, signed, and kept as they were signed.
 *
 * Invariants
 * - The same definitions by the same keys are the same bytes, whichever replica is asked, for half of the time that a set
 *   may live; then they are signed again, so that what is offered always has two weeks to go.
 * - Every change is a higher version, also after a database was restored from a backup: versions are minutes since 1970, or
 *   one more than the last.
 * - Signed by the key in force, and while the one before is taken by that one too: a prober that lists either reads it.
 */
export interface SetDeps {
  readonly db: Store['db']
  readonly keys: Pick<Keys, 'ring'>
  readonly clock: { readonly nowMs: () => number }
}

export interface SignedSet {
  readonly version: number
  readonly expiresMs: number
  readonly jws: string
}

interface StoredSet extends SignedSet {
  readonly content: string
}

const freshForMs = setLimits.lifeMs / 2

/** Null where nobody ever added a definition. After that it may be empty, which takes the last ones away. */
export const currentSet = async (deps: SetDeps): Promise<SignedSet | null> => {
  const stored = await readSet(deps.db)
  if (stored === null) return null
  const signers = await signersNow(deps)
  const isFresh = stored.expiresMs - deps.clock.nowMs() > freshForMs && isSignedBy(stored, signers)
  return isFresh ? stored : deps.db.transaction().execute(trx => sealAgain(deps, trx, signers))
}

export const signersNow = async ({ keys, clock }: SetDeps): Promise<readonly SigningKey[]> =>
  signersOf(await keys.ring(), clock.nowMs())

/** In the transaction that changed the definitions; the lock is what makes one change follow the other. */
export const lockSet = (trx: Transaction<Db>): Promise<unknown> =>
  sql`select pg_advisory_xact_lock(hashtext('llmstatus definitions'))`.execute(trx)

export const sealAgain = async (
  { clock }: Pick<SetDeps, 'clock'>,
  trx: Transaction<Db>,
  signers: readonly SigningKey[],
): Promise<SignedSet> => {
  await lockSet(trx)
  const rows = await trx
    .selectFrom('custom_definition')
    .select('definition')
    .orderBy('provider')
    .orderBy('model')
    .orderBy('name')
    .execute()
  const definitions = rows.map(row => JSON.parse(row.definition) as Record<string, unknown>)
  const content = contentOf(definitions, signers)
  const nowMs = clock.nowMs()
  const before = await readSet(trx)
  // another replica has just done it
  if (before?.content === content && before.expiresMs - nowMs > freshForMs) return before
  const version = Math.max((before?.version ?? 0) + 1, Math.floor(nowMs / 60_000))
  const expiresMs = nowMs + setLimits.lifeMs
  const jws = await sealDefinitionSet(signers, { version, expires: instant(expiresMs), definitions })
  const row = { version, content, expires: new Date(expiresMs), jws }
  await trx
    .insertInto('definition_set')
    .values(row)
    .onConflict(conflict => conflict.column('one').doUpdateSet(row))
    .execute()
  return { version, expiresMs, jws }
}

const contentOf = (definitions: readonly unknown[], signers: readonly SigningKey[]): string =>
  sha256(canonical({ definitions, signers: signers.map(key => key.kid) }))

const readSet = async (db: Pick<Store['db'], 'selectFrom'>): Promise<StoredSet | null> => {
  const row = await db.selectFrom('definition_set').selectAll().executeTakeFirst()
  if (row === undefined) return null
  const { version, content, expires, jws } = row
  return { version, content, expiresMs: expires.getTime(), jws }
}

const isSignedBy = ({ jws }: SignedSet, signers: readonly SigningKey[]): boolean => {
  const { signatures } = JSON.parse(jws) as { signatures: readonly { protected: string }[] }
  const kids = signatures.map(each => JSON.parse(Buffer.from(each.protected, 'base64url').toString()).kid as string)
  return kids.length === signers.length && signers.every(key => kids.includes(key.kid))
}
