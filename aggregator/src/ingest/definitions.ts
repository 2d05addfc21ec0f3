import type { DefinitionLine, ProbeType, ResultLine } from '@llmstatus/shared/result'
import { sql } from 'kysely'
import type { Cell } from '../db/array-text.ts'
import { insertRows } from '../db/insert-rows.ts'
import type { Queries } from '../db/store.ts'
import { endpointKey } from './endpoints.ts'

/** What a result's `def` stands for here: a number, and the facts that classifying needs, null until its line came. */
export interface KnownDefinition {
  readonly id: number
  readonly facts: DefinitionFacts | null
}

export type DefinitionFacts = Pick<DefinitionLine, 'type' | 'dialect' | 'keyed' | 'timeout_ms'>

export interface Definitions {
  readonly byDigest: ReadonlyMap<string, KnownDefinition>
  /** Those that were known by their digest alone until this batch: their results wait. */
  readonly cameLate: readonly number[]
}

export interface DefinitionWish {
  readonly prober: number
  readonly lines: readonly DefinitionLine[]
  readonly results: readonly ResultLine[]
  readonly endpoints: ReadonlyMap<string, number>
}

const shape = {
  table: 'definition',
  columns: {
    prober: 'int',
    digest: 'text',
    endpoint: 'int',
    at: 'timestamptz',
    type: 'text',
    dialect: 'text',
    keyed: 'boolean',
    origin: 'text',
    every_ms: 'int',
    timeout_ms: 'int',
    sla: 'jsonb',
    billed: 'boolean',
    reasoning: 'boolean',
  },
  // a line is repeated at each start of its prober: the newest one says what holds
  onConflict: sql`
    on conflict (prober, digest) do update set
      endpoint = excluded.endpoint, at = excluded.at, type = excluded.type, dialect = excluded.dialect,
      keyed = excluded.keyed, origin = excluded.origin, every_ms = excluded.every_ms, timeout_ms = excluded.timeout_ms,
      sla = excluded.sla, billed = excluded.billed, reasoning = excluded.reasoning
    where excluded.at is not null and (definition.at is null or definition.at <= excluded.at)`,
} as const

export const learnDefinitions = async (trx: Queries, wish: DefinitionWish): Promise<Definitions> => {
  const rows = definitionRows(wish)
  const digests = [...rows.keys()]
  const before = await readDefinitions(trx, wish.prober, digests)
  const news = [...rows.values()].filter(row => row.at !== null || !before.has(row.digest))
  if (news.length === 0) return { byDigest: before, cameLate: [] }
  await insertRows(trx, shape, { rows: news })
  const byDigest = await readDefinitions(trx, wish.prober, digests)
  const cameLate = [...before].filter(([digest, { facts }]) => facts === null && byDigest.get(digest)?.facts !== null)
  return { byDigest, cameLate: cameLate.map(([, { id }]) => id) }
}

type DefinitionRow = { readonly [C in keyof (typeof shape)['columns']]: Cell } & { readonly digest: string }

/** One row a digest: its newest line, or nothing but the digest where a result is all we have of it. */
const definitionRows = ({ prober, lines, results, endpoints }: DefinitionWish): ReadonlyMap<string, DefinitionRow> => {
  const unknown = results.map(
    result =>
      [result.def, bare({ prober, digest: result.def, endpoint: endpoints.get(endpointKey(result)) ?? null })] as const,
  )
  const known = lines
    .toSorted((a, b) => (a.at < b.at ? -1 : 1))
    .map(line => [line.def, full({ prober, line, endpoint: endpoints.get(endpointKey(line)) ?? null })] as const)
  return new Map<string, DefinitionRow>([...unknown, ...known])
}

const bare = (of: { readonly prober: number; readonly digest: string; readonly endpoint: Cell }): DefinitionRow => ({
  ...of,
  at: null,
  type: null,
  dialect: null,
  keyed: null,
  origin: null,
  every_ms: null,
  timeout_ms: null,
  sla: null,
  billed: null,
  reasoning: null,
})

const full = (of: {
  readonly prober: number
  readonly line: DefinitionLine
  readonly endpoint: Cell
}): DefinitionRow => {
  const { prober, line, endpoint } = of
  const { at, def, type, dialect, keyed, origin, every_ms, timeout_ms, billed, reasoning } = line
  const sla = line.sla === null ? null : JSON.stringify(line.sla)
  return {
    prober,
    digest: def,
    endpoint,
    at,
    type,
    dialect,
    keyed,
    origin,
    every_ms,
    timeout_ms,
    sla,
    billed,
    reasoning,
  }
}

const readDefinitions = async (
  trx: Queries,
  prober: number,
  digests: readonly string[],
): Promise<ReadonlyMap<string, KnownDefinition>> => {
  if (digests.length === 0) return new Map()
  const rows = await trx
    .selectFrom('definition')
    .select(['id', 'digest', 'type', 'dialect', 'keyed', 'timeout_ms'])
    .where('prober', '=', prober)
    .where('digest', 'in', digests)
    .execute()
  return new Map(rows.map(({ id, digest, ...facts }) => [digest, { id, facts: factsOf(facts) }]))
}

/** All or none of these are null: they come with the line. */
export const factsOf = (row: {
  readonly type: string | null
  readonly dialect: string | null
  readonly keyed: boolean | null
  readonly timeout_ms: number | null
}): DefinitionFacts | null => {
  const { type, dialect, keyed, timeout_ms } = row
  if (type === null || dialect === null || keyed === null || timeout_ms === null) return null
  return { type: type as ProbeType, dialect, keyed, timeout_ms }
}
