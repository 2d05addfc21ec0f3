import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { Gap } from '@llmstatus/shared/batch'
import { types } from '@llmstatus/shared/identity'
import { writeLedgerLine } from '@llmstatus/shared/ledger'
import { openEmbedded } from '../../aggregator/src/db/open-embedded.ts'
import type { Store } from '../../aggregator/src/db/store.ts'
import { endpointKey } from '../../prober/src/schedule/plan.ts'

/** All that an aggregator has of one prober, read from its folder once it has stopped. */
export interface Stored {
  readonly name: string
  readonly state: string
  /** Whose phases its slots have. */
  readonly seed: string
  /** The text of each line of each batch, in the order in which they were sent. */
  readonly lines: readonly string[]
  readonly rejected: number
  readonly gaps: readonly Gap[]
  readonly rows: readonly Row[]
  /** What the buckets of all days add up to: planned slots of each endpoint. */
  readonly planned: Readonly<Record<string, number>>
  /** The ledger as it is exported. */
  readonly exported: string
}

/** A line that became a row. One that stands for a single slot is a run of one. */
export interface Row {
  readonly is: 'result' | 'skip'
  readonly id: string
  /** As a plan names it: provider, model, probe. */
  readonly endpoint: string
  readonly why: string
  readonly fromMs: number
  readonly toMs: number
  readonly count: number
  /** A result's outcome, or why there is none. */
  readonly word: string
  readonly signal: string | null
  readonly errno: string | null
}

export const readStored = async (dataDir: string): Promise<readonly Stored[]> => {
  const store = await openEmbedded({ dataDir: join(dataDir, 'database') })
  try {
    const probers = await store.db.selectFrom('prober').select(['num', 'name', 'state']).orderBy('name').execute()
    const all = []
    for (const prober of probers) all.push(await readOne(store.db, prober))
    return all
  } finally {
    await store.close()
  }
}

type Db = Store['db']

const readOne = async (db: Db, { num, name, state }: { num: number; name: string; state: string }): Promise<Stored> => {
  const ledger = await db.selectFrom('ledger').selectAll().where('prober', '=', num).orderBy('seq').execute()
  const first = await db
    .selectFrom('prober_key')
    .select('kid')
    .where('prober', '=', num)
    .orderBy('first_seq')
    .limit(1)
    .executeTakeFirstOrThrow()
  return {
    name,
    state,
    seed: first.kid,
    lines: ledger.flatMap(({ typ, body }) => (typ === types.batch ? linesIn(body) : [])),
    rejected: ledger.reduce((sum, { rejected }) => sum + rejected.length, 0),
    gaps: ledger.flatMap(({ gap }) => (gap === null ? [] : [gap as unknown as Gap])),
    rows: [...(await resultRows(db, num)), ...(await skipRows(db, num))],
    planned: await readPlanned(db, num),
    exported: ledger.map(record => writeLedgerLine(record, record.received_at.getTime())).join(''),
  }
}

const linesIn = (body: Uint8Array): readonly string[] => gunzipSync(body).toString('utf8').split('\n').slice(0, -1)

const resultRows = async (db: Db, prober: number): Promise<readonly Row[]> => {
  const rows = await db
    .selectFrom('result')
    .innerJoin('endpoint', 'endpoint.id', 'result.endpoint')
    .select(['result.id', 'provider', 'model', 'probe', 'why', 'slot', 'outcome', 'signal', 'errno'])
    .where('prober', '=', prober)
    .execute()
  return rows.map(({ id, why, slot, outcome, signal, errno, ...of }) => {
    const ms = slot.getTime()
    return {
      is: 'result',
      id,
      endpoint: endpointKey(of),
      why,
      fromMs: ms,
      toMs: ms,
      count: 1,
      word: outcome,
      signal,
      errno,
    }
  })
}

const skipRows = async (db: Db, prober: number): Promise<readonly Row[]> => {
  const rows = await db
    .selectFrom('skip')
    .innerJoin('endpoint', 'endpoint.id', 'skip.endpoint')
    .select(['skip.id', 'provider', 'model', 'probe', 'why', 'slot', 'to_at', 'count', 'reason'])
    .where('prober', '=', prober)
    .execute()
  return rows.map(({ id, why, slot, to_at, count, reason, ...of }) => {
    const fromMs = slot.getTime()
    const toMs = to_at?.getTime() ?? fromMs
    return {
      is: 'skip',
      id,
      endpoint: endpointKey(of),
      why,
      fromMs,
      toMs,
      count,
      word: reason,
      signal: null,
      errno: null,
    }
  })
}

const readPlanned = async (db: Db, prober: number): Promise<Stored['planned']> => {
  const rows = await db
    .selectFrom('rollup_day')
    .innerJoin('endpoint', 'endpoint.id', 'rollup_day.endpoint')
    .select(eb => ['provider', 'model', 'probe', eb.fn.sum<number>('planned').as('planned')])
    .where('prober', '=', prober)
    .groupBy(['provider', 'model', 'probe'])
    .execute()
  return Object.fromEntries(rows.map(({ planned, ...of }) => [endpointKey(of), Number(planned)]))
}
