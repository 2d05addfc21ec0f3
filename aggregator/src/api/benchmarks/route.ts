import { z } from 'zod'
import type { Queries } from '../../db/store.ts'
import { levels } from '../../rollup/levels.ts'
import { gridOf, type Window, windows } from '../history/windows.ts'
import { found, type Route } from '../route.ts'
import { createSnapshot } from '../snapshot.ts'
import { benchmarksOf } from './benchmarks.ts'
import { readHistograms, readSeries } from './queries.ts'

const Query = z.strictObject({
  window: z.enum(windows).default('30d'),
  provider: z.string().min(1).max(64).optional(),
  model: z.string().min(1).max(128).optional().describe("By the provider's own id"),
})

export interface BenchmarkDeps {
  readonly db: Queries
  readonly clock: { readonly nowMs: () => number }
}

/** What a month was does not change within a minute. */
const enoughMs = 60_000

export const benchmarksRoute = ({ db, clock }: BenchmarkDeps): Route => {
  const snapshots = new Map(
    windows.map(window => [window, createSnapshot(() => read(db, window, clock.nowMs()), clock)]),
  )
  return {
    method: 'GET',
    path: '/api/v1/benchmarks',
    access: 'public',
    keptS: 60,
    tag: 'models',
    summary: 'How fast and how dear each model was, from each vantage',
    inQuery: Query,
    answers: { 200: { description: 'One row a model, a question and a vantage', schema: 'Benchmarks' } },
    problems: ['bad_request', 'unavailable'],
    example: '/api/v1/benchmarks?window=30d&provider=openai',
    answer: async ({ query }) => {
      const { window, provider, model } = query as z.infer<typeof Query>
      const snapshot = snapshots.get(window)
      if (snapshot === undefined) throw new Error(`there is no window ${window}`)
      const { value, ageMs } = await snapshot(enoughMs)
      const rows = value.rows.filter(
        row => (provider ?? row.provider) === row.provider && (model ?? row.model) === row.model,
      )
      return found({ ...value, rows }, { ageMs })
    },
  }
}

const read = async (db: Queries, window: Window, nowMs: number) => {
  const grid = gridOf(window, nowMs)
  // hours add up to a day as well as minutes do, and are a twelfth of the rows
  const level = grid.level === levels[0] ? levels[1] : grid.level
  const fromMs = Math.floor((grid.starts[0] ?? nowMs) / level.stepMs) * level.stepMs
  const since = { level, sinceMs: fromMs }
  const rows = benchmarksOf(await readSeries(db, since), await readHistograms(db, since))
  return { as_of: new Date(nowMs).toISOString(), window, from: new Date(fromMs).toISOString(), rows }
}
