import type { Transaction } from 'kysely'
import { ensureDays, ownDays } from '../db/days.ts'
import type { Db } from '../db/schema.ts'
import type { Rolled } from '../rollup/accumulate.ts'
import { rollUp } from '../rollup/store-buckets.ts'
import { adoptResults } from './adopt.ts'
import { onlyUnsaid } from './already-said.ts'
import { learnDefinitions } from './definitions.ts'
import { endpointIds } from './endpoints.ts'
import { insertResults, insertSkips } from './insert-results.ts'
import { type Names, planResult, planSkip } from './plan-rows.ts'
import { type BodyLines, type RejectedLine, readBody } from './read-body.ts'
import { reportedModels } from './reported-models.ts'

export interface LinesToStore {
  readonly prober: number
  readonly lines: readonly string[]
  /** The version that the batch names. */
  readonly version: number
  readonly nowMs: number
}

export interface Stored {
  readonly rejected: readonly RejectedLine[]
  readonly endpoints: readonly number[]
  readonly lastResultMs: number | null
  readonly droppedKeys: number
  /** Results where our outcome is not the one that was stated. */
  readonly disagreed: number
}

/** Lines → rows and buckets. The order is fixed: days, names, rows, buckets, so that transactions never wait crosswise. */
export const storeLines = async (trx: Transaction<Db>, what: LinesToStore): Promise<Stored> => {
  const { prober, nowMs } = what
  const body = readBody(what.lines, what.version)
  await ensureDays(trx, ownDays(nowMs, daysOf(body)))
  const endpoints = await endpointIds(trx, [...body.results, ...body.skips, ...body.definitions])
  const definitions = await learnDefinitions(trx, { prober, endpoints, lines: body.definitions, results: body.results })
  const models = await reportedModels(trx, { prober, results: body.results, nowMs })
  const names: Names = { prober, endpoints, definitions: definitions.byDigest, models }
  const disagreedLate = await adoptResults(trx, { prober, nowMs }, definitions.cameLate)
  const { rolled, lastResultMs, disagreed } = await insertLines(trx, { body, names, nowMs })
  await rollUp(trx, { prober, nowMs }, rolled)
  const { rejected, droppedKeys } = body
  const ids = [...endpoints.values()]
  return { rejected, droppedKeys, endpoints: ids, lastResultMs, disagreed: disagreed + disagreedLate }
}

const daysOf = ({ results, skips }: BodyLines): readonly string[] =>
  [...results, ...skips].map(line => line.slot.slice(0, 10))

/** What was new, ready to be rolled up. */
const insertLines = async (
  trx: Transaction<Db>,
  { body, names, nowMs }: { readonly body: BodyLines; readonly names: Names; readonly nowMs: number },
): Promise<Pick<Stored, 'lastResultMs' | 'disagreed'> & { readonly rolled: Rolled }> => {
  const results = body.results.map(line => planResult(line, names, nowMs))
  const skips = await onlyUnsaid(
    trx,
    names.prober,
    body.skips.map(line => planSkip(line, names, nowMs)),
  )
  const newResults = await insertResults(
    trx,
    results.map(({ row }) => row),
  )
  const newSkips = await insertSkips(
    trx,
    skips.map(({ row }) => row),
  )
  const times = results.filter(({ row }) => !row.clock_ahead).map(({ row }) => Date.parse(row.at))
  return {
    rolled: {
      results: results.flatMap(({ row, rolled }) => (rolled !== null && newResults.has(row.id) ? [rolled] : [])),
      skips: skips.flatMap(({ row, rolled }) => (rolled !== null && newSkips.has(row.id) ? [rolled] : [])),
    },
    lastResultMs: times.length === 0 ? null : Math.max(...times),
    disagreed: results.filter(({ row }) => row.stated !== null && newResults.has(row.id)).length,
  }
}
