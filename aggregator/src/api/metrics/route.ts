import { contentType, exposition } from '@llmstatus/shared/exposition'
import type { Queries } from '../../db/store.ts'
import { isUnavailable } from '../../db/unavailable.ts'
import type { Present } from '../present.ts'
import { found, type Route } from '../route.ts'
import { type Ask, createSnapshot } from '../snapshot.ts'
import { familiesOf, type MetricRows, ownFamilies } from './families.ts'
import { readHeadroom, readLatencies, readProbers, readToday } from './queries.ts'

export interface MetricsDeps {
  readonly db: Queries
  readonly clock: { readonly nowMs: () => number }
  readonly version: string
  readonly present: Ask<Present>
  /** Of what runs beside ingest in this process, by name, when it last came to its end. */
  readonly lastSuccessMs?: () => ReadonlyMap<string, number>
}

const dayMs = 86_400_000
const hourMs = 3_600_000
/** Two Prometheuses that scrape at the same time cost as much as one. */
const enoughMs = 2_000

/**
 * While the database is away nothing is said of providers: Prometheus has its own word for what is not there. What is
 * said of ourselves goes on, and says since when.
 */
export const metricsRoute = (deps: MetricsDeps): Route => {
  const { version, lastSuccessMs = () => new Map() } = deps
  const rows = createSnapshot(() => readRows(deps), deps.clock)
  let readMs: number | null = null
  return {
    method: 'GET',
    path: '/metrics',
    access: 'read',
    tag: 'metrics',
    summary: 'Everything for Prometheus, and how this aggregator is',
    answers: { 200: { description: 'Text format 0.0.4', schema: null, type: 'text/plain' } },
    problems: ['sign_in_required'],
    example: '/metrics',
    answer: async () => {
      const read = await orNull(rows(enoughMs))
      const databaseUp = read !== null && read.ageMs === 0
      if (databaseUp) readMs = read.value.present.nowMs
      const own = ownFamilies({ version, databaseUp, readMs, lastSuccessMs: lastSuccessMs() })
      const families = databaseUp ? [...familiesOf(read.value), ...own] : own
      return found(exposition('llmstatus_', families), { type: contentType })
    },
  }
}

const orNull = async <T>(work: Promise<T>): Promise<T | null> => {
  try {
    return await work
  } catch (error) {
    if (isUnavailable(error)) return null
    throw error
  }
}

const readRows = async ({ db, clock, present }: MetricsDeps): Promise<MetricRows> => {
  const nowMs = clock.nowMs()
  const midnight = Math.floor(nowMs / dayMs) * dayMs
  return {
    today: await readToday(db, midnight),
    latencies: await readLatencies(db, midnight),
    headroom: await readHeadroom(db, nowMs - hourMs),
    probers: await readProbers(db),
    present: (await present()).value,
  }
}
