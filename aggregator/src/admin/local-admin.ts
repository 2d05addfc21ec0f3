import { CodedError } from '@llmstatus/shared/errors'
import { keyFromJwk, thumbprintGroups, type VerifyingKey } from '@llmstatus/shared/identity'
import { Thumbprint } from '@llmstatus/shared/ids'
import type { Selectable } from 'kysely'
import type { ProberTable } from '../db/schema.ts'
import type { Store } from '../db/store.ts'
import { createToken } from '../enrol/create-token.ts'
import { readLedgerPage } from '../ingest/export-ledger.ts'
import { verifyLedger } from '../ingest/verify-ledger.ts'
import { readFormerJwks } from '../keys/key-rows.ts'
import type { Keys } from '../keys/keys.ts'
import type { Admin, ProberView } from './admin.ts'
import { keysView } from './keys-view.ts'
import { localDefinitions } from './local-definitions.ts'
import { localIncidents } from './local-incidents.ts'
import { localReplay } from './local-replay.ts'
import { type MoveName, moves, stateAfter } from './prober-states.ts'

export interface AdminDeps {
  readonly db: Store['db']
  readonly keys: Keys
  readonly clock: { readonly nowMs: () => number }
  readonly random: (bytes: number) => Uint8Array
  /** Where probers find us; it goes into tokens. */
  readonly publicUrl: string
}

/** Answers on the database itself. */
export const localAdmin = (deps: AdminDeps): Admin => ({
  createToken: async wish => {
    const made = await createToken(deps, { url: deps.publicUrl, ttlMs: wish.ttl_ms, approval: wish.approval })
    return { token: made.token, kid: made.kid, expires_at: new Date(made.expiresMs).toISOString() }
  },
  probers: async () => (await deps.db.selectFrom('prober').selectAll().orderBy('name').execute()).map(viewOf),
  move: (prober, name) => move(deps, prober, name),
  keys: async () => keysView(deps.keys, await deps.keys.fresh()),
  rotateKey: async () => keysView(deps.keys, await deps.keys.rotate()),
  ...localDefinitions(deps),
  ...localIncidents(deps),
  ...localReplay(deps),
  ledgerPage: async ({ prober, after_seq, from, to }) => {
    const { num } = await findProber(deps.db, prober)
    const times = { fromMs: from === null ? null : Date.parse(from), toMs: to === null ? null : Date.parse(to) }
    const { lines, lastSeq } = await readLedgerPage(deps.db, { prober: num, afterSeq: after_seq, ...times })
    return { lines, last_seq: lastSeq }
  },
  verifyLedger: async prober => {
    const probers =
      prober === null
        ? await deps.db.selectFrom('prober').selectAll().orderBy('name').execute()
        : [await findProber(deps.db, prober)]
    const aggregators = await ourKeys(deps)
    const reports = []
    for (const each of probers) reports.push(await verifyLedger({ db: deps.db, aggregators }, each))
    return reports
  },
})

/** Every key that ever signed a receipt here. */
const ourKeys = async ({ db, keys }: AdminDeps): Promise<readonly VerifyingKey[]> => {
  const { held } = await keys.fresh()
  const former = await Promise.all((await readFormerJwks(db)).map(jwk => keyFromJwk(jwk)))
  return [...new Map([...former, ...held].map(key => [key.kid, key])).values()]
}

const move = (deps: AdminDeps, prober: string, name: MoveName): Promise<ProberView> =>
  deps.db.transaction().execute(async trx => {
    const { num } = await findProber(trx, prober)
    const row = await trx.selectFrom('prober').selectAll().where('num', '=', num).forUpdate().executeTakeFirstOrThrow()
    const state = stateAfter(row.state, name)
    if (state === null)
      throw new CodedError('usage', `${row.name} is ${row.state}: it cannot be ${done[name]}.`, {
        hint: moves[name].otherwise,
      })
    if (state === row.state) return viewOf(row)
    const since = new Date(deps.clock.nowMs())
    await trx.updateTable('prober').set({ state, state_since: since }).where('num', '=', num).execute()
    return viewOf({ ...row, state, state_since: since })
  })

const done = { approve: 'approved', revoke: 'revoked', release: 'released' } as const

const isUuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)

const findProber = async (db: Pick<Store['db'], 'selectFrom'>, prober: string) => {
  const row = await db
    .selectFrom('prober')
    .selectAll()
    .where(isUuid(prober) ? 'id' : 'name', '=', prober)
    .executeTakeFirst()
  if (row !== undefined) return row
  throw new CodedError('usage', `There is no prober ${prober}.`, { hint: 'See `probers list`.' })
}

const viewOf = (row: Selectable<ProberTable>): ProberView => ({
  id: row.id,
  name: row.name,
  state: row.state,
  region: row.region,
  version: row.version,
  thumbprint: thumbprintGroups(Thumbprint.parse(row.kid)),
  enrolled_at: row.enrolled_at.toISOString(),
  last_batch_at: row.last_batch_at?.toISOString() ?? null,
  seq: row.head_seq,
  clock_offset_ms: row.clock_offset_ms,
  rejected: row.rejected,
  dropped_keys: row.dropped_keys,
  disagreed: row.disagreed,
})
