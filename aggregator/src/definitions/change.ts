import { CodedError } from '@llmstatus/shared/errors'
import { type CustomDefinition, named, readCustom, tooMuchFor } from './custom.ts'
import { lockSet, type SetDeps, type SignedSet, sealAgain, signersNow } from './signed-set.ts'

/** What an administrator does with them. Each change and the set that it makes are one transaction. */

export interface OfferedDefinitions {
  /** Null where nobody ever added one. */
  readonly set: Pick<SignedSet, 'version' | 'expiresMs'> | null
  readonly definitions: readonly (CustomDefinition & { readonly addedMs: number })[]
}

/** Where one of this provider, model and name is there, in its place. */
export const addDefinition = async (
  deps: SetDeps,
  { text, file }: { readonly text: string; readonly file: string },
): Promise<CustomDefinition & { readonly is: 'new' | 'replaced' | 'same' }> => {
  const custom = readCustom(text, file)
  const { provider, model, name, text: definition } = custom
  const signers = await signersNow(deps)
  return deps.db
    .transaction()
    .execute(async trx => {
      await lockSet(trx)
      const before = await trx
        .selectFrom('custom_definition')
        .select('definition')
        .where('provider', '=', provider)
        .where('model', '=', model)
        .where('name', '=', name)
        .executeTakeFirst()
      const is = before === undefined ? 'new' : before.definition === definition ? 'same' : 'replaced'
      if (is === 'same') return { ...custom, is } as const
      const row = { provider, model, name, definition, added_at: new Date(deps.clock.nowMs()) }
      await trx
        .insertInto('custom_definition')
        .values(row)
        .onConflict(conflict => conflict.columns(['provider', 'model', 'name']).doUpdateSet(row))
        .execute()
      await sealAgain(deps, trx, signers)
      return { ...custom, is } as const
    })
    .catch((error: unknown) => {
      throw tooMuchFor(error)
    })
}

export interface Removal {
  readonly name: string
  /** Needed where several have the name. */
  readonly provider: string | null
  readonly model: string | null
}

export const removeDefinition = async (deps: SetDeps, wish: Removal): Promise<CustomDefinition> => {
  const signers = await signersNow(deps)
  return deps.db.transaction().execute(async trx => {
    await lockSet(trx)
    const rows = await trx
      .selectFrom('custom_definition')
      .selectAll()
      .where('name', '=', wish.name)
      .$if(wish.provider !== null, query => query.where('provider', '=', wish.provider ?? ''))
      .$if(wish.model !== null, query => query.where('model', '=', wish.model ?? ''))
      .orderBy('provider')
      .orderBy('model')
      .execute()
    const [row] = rows
    if (row === undefined)
      throw new CodedError('usage', `There is no definition ${wish.name}.`, { hint: 'See `definitions list`.' })
    if (rows.length > 1)
      throw new CodedError(
        'usage',
        `${rows.length} definitions have the name ${wish.name}: ${rows.map(named).join(', ')}.`,
        {
          hint: 'Say which with --provider and --model.',
        },
      )
    const { provider, model, name, definition: text } = row
    await trx
      .deleteFrom('custom_definition')
      .where('provider', '=', provider)
      .where('model', '=', model)
      .where('name', '=', name)
      .execute()
    await sealAgain(deps, trx, signers)
    return { provider, model, name, text }
  })
}

export const listDefinitions = async ({ db }: SetDeps): Promise<OfferedDefinitions> => {
  const set = await db.selectFrom('definition_set').select(['version', 'expires']).executeTakeFirst()
  const rows = await db
    .selectFrom('custom_definition')
    .selectAll()
    .orderBy('provider')
    .orderBy('model')
    .orderBy('name')
    .execute()
  return {
    set: set === undefined ? null : { version: set.version, expiresMs: set.expires.getTime() },
    definitions: rows.map(({ provider, model, name, definition, added_at }) => ({
      provider,
      model,
      name,
      text: definition,
      addedMs: added_at.getTime(),
    })),
  }
}
