import { sql } from 'kysely'
import type { Logger } from 'pino'
import type { Queries } from '../db/store.ts'
import { coalesce } from './coalesce.ts'
import { judgeEndpoint } from './endpoint.ts'
import type { Policy } from './policy.ts'
import { judgeProvider } from './provider.ts'
import { readSeries, type StoredSeries } from './read-series.ts'
import { type Measured, thresholdsOf } from './thresholds.ts'
import { createUsualReader, type UsualReader, usualKey } from './usual.ts'
import type { ProviderVerdict } from './verdict.ts'
import { readCandidates, writeVerdicts } from './verdicts.ts'
import { judgeVote } from './vote.ts'
import { type NewVote, readVotes, writeVotes } from './votes.ts'

export interface JudgeDeps {
  readonly db: Queries
  readonly clock: { readonly nowMs: () => number }
  readonly policy: Policy
  /** By id, from the provider files; what is not in there is a local target, and self-hosted. */
  readonly providers: ReadonlyMap<string, Pick<Measured, 'kind'>>
  readonly log: Pick<Logger, 'error' | 'warn'>
  /** Where the verdicts go: incidents are another room. */
  readonly observe: (verdicts: readonly ProviderVerdict[], nowMs: number) => Promise<void>
}

export interface Judge {
  /** After results of these endpoints were stored. Never rejects: a failure here must not become one of ingest. */
  readonly afterStored: (endpointIds: readonly number[]) => Promise<void>
  /**
   * Everything that time alone can change: what went quiet, what has been clean for long enough. Never rejects; called
   * while it runs, it is the same one.
   */
  readonly sweep: () => Promise<void>
}

/** In one go. With the embedded database a statement holds up the whole process, so it should be a short one. */
const chunk = 50
/** A replica that overtook us read the same results or newer ones; after so many times, the next sweep will do. */
const attempts = 3

interface Judging extends JudgeDeps {
  readonly usual: UsualReader
}

export const createJudge = (given: JudgeDeps): Judge => {
  const deps: Judging = { ...given, usual: createUsualReader(given.db) }
  const afterStored = coalesce<number>(async ids => {
    for (const some of chunksOf(ids)) await guarded(deps, some)
  })
  const sweepOnce = async (): Promise<void> => {
    try {
      // Piece by piece, so that results that come in between are judged with the next piece and not after the last.
      for (const some of chunksOf(await judgeable(deps.db))) await afterStored(some)
    } catch (error) {
      deps.log.error({ err: error }, 'the endpoints to judge could not be read')
    }
  }
  let sweeping: Promise<void> | null = null
  return {
    afterStored,
    sweep: () => {
      sweeping ??= sweepOnce().finally(() => {
        sweeping = null
      })
      return sweeping
    },
  }
}

const chunksOf = (ids: readonly number[]): readonly (readonly number[])[] =>
  Array.from({ length: Math.ceil(ids.length / chunk) }, (_, i) => ids.slice(i * chunk, (i + 1) * chunk))

/** In the order of providers, so that a provider is judged once or twice in a sweep. */
const judgeable = async (db: Queries): Promise<readonly number[]> => {
  const { rows } = await sql<{ id: number }>`
    select e.id from endpoint e
    where exists (select from definition d where d.endpoint = e.id and d.at is not null and d.type <> 'control')
    order by e.provider, e.id`.execute(db)
  return rows.map(row => row.id)
}

const guarded = async (deps: Judging, endpoints: readonly number[]): Promise<void> => {
  for (let attempt = 1; attempt <= attempts; attempt++) {
    try {
      const overtaken = await judgeOnce(deps, endpoints)
      if (overtaken === 0) return
    } catch (error) {
      deps.log.error({ err: error, endpoints: endpoints.length }, 'judging failed; the next sweep tries again')
      return
    }
  }
  deps.log.warn({ endpoints: endpoints.length }, 'another replica kept judging the same endpoints first')
}

const judgeOnce = async (deps: Judging, endpoints: readonly number[]): Promise<number> => {
  const { db, clock, policy } = deps
  const nowMs = clock.nowMs()
  const series = await readSeries(db, { endpoints, nowMs }, policy)
  const votes = await vote(deps, series, nowMs)
  const lostVotes = await writeVotes(db, votes, nowMs)
  const forgetMs = nowMs - policy.late.forgetAfterMs
  const candidates = await readCandidates(db, { endpoints, forgetMs })
  const verdicts = candidates.map(one => ({
    was: one.was,
    verdict: judgeEndpoint({ ...one, was: one.was?.verdict ?? null, policy, nowMs }),
  }))
  const lostVerdicts = await writeVerdicts(db, verdicts, nowMs)
  const byProvider = Map.groupBy(
    verdicts.map(one => one.verdict),
    verdict => verdict.endpoint.provider,
  )
  await deps.observe(
    [...byProvider].map(([provider, group]) => judgeProvider(provider, group, policy)),
    nowMs,
  )
  return lostVotes + lostVerdicts
}

const vote = async (deps: Judging, series: readonly StoredSeries[], nowMs: number): Promise<readonly NewVote[]> => {
  const stored = await readVotes(deps.db, [...new Set(series.map(one => one.endpoint))])
  const usually = await deps.usual.of(series, nowMs)
  const storedOf = new Map(stored.map(vote => [usualKey(vote), vote]))
  return series.map(one => {
    const was = storedOf.get(usualKey(one)) ?? null
    const kind = deps.providers.get(one.provider)?.kind ?? 'self_hosted'
    const thresholds = thresholdsOf({ ...one, kind, usual: usually.get(usualKey(one)) ?? null }, deps.policy)
    const vote = judgeVote({ was: was?.vote ?? null, series: { ...one, thresholds }, policy: deps.policy, nowMs })
    return { endpoint: one.endpoint, prober: one.prober, was, vote }
  })
}
