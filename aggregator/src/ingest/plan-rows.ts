import { type ClassifyFacts, classifierVersion, classify } from '@llmstatus/shared/classify'
import type { Outcome } from '@llmstatus/shared/outcome'
import type { ResultLine, SkipLine } from '@llmstatus/shared/result'
import { toReal } from '../db/numbers.ts'
import type { ResultTable, SkipTable } from '../db/schema.ts'
import type { RolledResult, RolledSkip } from '../rollup/accumulate.ts'
import { hasBuckets } from '../rollup/counts.ts'
import type { DefinitionFacts, KnownDefinition } from './definitions.ts'
import { endpointKey } from './endpoints.ts'
import { runOf } from './read-body.ts'

/** Lines and what their names stand for → rows, and what each of them adds to history. Pure. */

/** What a line's names became. */
export interface Names {
  readonly prober: number
  readonly endpoints: ReadonlyMap<string, number>
  readonly definitions: ReadonlyMap<string, KnownDefinition>
  /** What providers called their models. */
  readonly models: ReadonlyMap<string, number>
}

/** A clock that is further ahead of ours than this cannot be believed: kept, without a vote and without a bucket. */
export const aheadMs = 120_000

/** Older than this when it came: it fills history, and begins nothing (DESIGN §4.5). */
export const lateMs = 15 * 60_000

/** `classifier` of a result whose definition is not known yet: its outcome is still the prober's word. */
export const notClassified = 0

export interface Verdict {
  readonly outcome: Outcome
  readonly stated: Outcome | null
  readonly classifier: number
}

type StatedLine = Omit<ClassifyFacts, keyof DefinitionFacts> & { readonly outcome: Outcome }

/** Ours, from the facts; the prober's beside it where it said something else. */
export const judgeLine = (line: StatedLine, facts: DefinitionFacts | null): Verdict => {
  if (facts === null) return { outcome: line.outcome, stated: null, classifier: notClassified }
  const outcome = classify({ ...line, ...facts })
  return { outcome, stated: outcome === line.outcome ? null : line.outcome, classifier: classifierVersion }
}

/** Times stay the text they came as: the database reads it, and nothing is rounded on the way. */
export interface ResultRow
  extends Omit<ResultTable, 'slot' | 'at' | 'outcome' | 'stated' | keyof Codes>,
    Codes,
    Pick<Verdict, 'outcome' | 'stated'> {
  readonly slot: string
  readonly at: string
}
type Codes = Pick<ResultLine, 'why' | 'operation' | 'signal' | 'finish' | 'content' | 'errno'>

export interface PlannedResult {
  readonly row: ResultRow
  /** Null where it has no bucket. */
  readonly rolled: RolledResult | null
}

export const planResult = (line: ResultLine, names: Names, nowMs: number): PlannedResult => {
  const definition = names.definitions.get(line.def)
  const endpoint = names.endpoints.get(endpointKey(line))
  if (definition === undefined || endpoint === undefined)
    throw new Error(`a name was not looked up: ${endpointKey(line)}`)
  const verdict = judgeLine(line, definition.facts)
  const slotMs = Date.parse(line.slot)
  const atMs = Date.parse(line.at)
  const clockAhead = Math.max(slotMs, atMs) > nowMs + aheadMs
  const row: ResultRow = {
    ...timesOf(line),
    ...rateLimitOf(line),
    slot: line.slot,
    at: line.at,
    id: line.id,
    prober: names.prober,
    endpoint,
    definition: definition.id,
    tokens_in: line.tokens.in,
    tokens_out: line.tokens.out,
    tokens_reasoning: line.tokens.reasoning,
    chunks: line.chunks,
    cost_usd: line.cost_usd === null ? null : toReal(line.cost_usd),
    classifier: verdict.classifier,
    http_status: line.http_status,
    warm: line.connection === 'warm',
    via_proxy: line.via_proxy,
    clock_ahead: clockAhead,
    late: nowMs - atMs > lateMs,
    why: line.why,
    outcome: verdict.outcome,
    stated: verdict.stated,
    operation: line.operation,
    signal: line.signal,
    finish: line.finish,
    content: line.content,
    errno: line.errno,
    reported_model: modelOf(line, names),
  }
  const { facts } = definition
  const isRolled = facts !== null && !clockAhead && hasBuckets({ probe: line.probe, type: facts.type })
  return { row, rolled: isRolled ? rolledOf(row, facts, slotMs) : null }
}

const modelOf = ({ model_reported }: ResultLine, { models }: Names): number | null => {
  if (model_reported === null) return null
  const id = models.get(model_reported)
  if (id === undefined) throw new Error(`a name was not looked up: ${model_reported}`)
  return id
}

const timesOf = ({ us, gap_us, uncertainty_us, loop_delay_us }: ResultLine) => ({
  uncertainty_us,
  loop_delay_us,
  dns_us: us.dns,
  tcp_us: us.tcp,
  tls_us: us.tls,
  sent_us: us.sent,
  first_byte_us: us.first_byte,
  first_token_us: us.first_token,
  first_visible_us: us.first_visible,
  last_byte_us: us.last_byte,
  gap_p50_us: gap_us?.p50 ?? null,
  gap_max_us: gap_us?.max ?? null,
})

const rateLimitOf = ({ rate_limit }: ResultLine) => {
  const real = (value: number | null | undefined) => (value === null || value === undefined ? null : toReal(value))
  return {
    requests_limit: real(rate_limit?.requests?.limit),
    requests_remaining: real(rate_limit?.requests?.remaining),
    requests_reset_s: real(rate_limit?.requests?.reset_s),
    tokens_limit: real(rate_limit?.tokens?.limit),
    tokens_remaining: real(rate_limit?.tokens?.remaining),
    tokens_reset_s: real(rate_limit?.tokens?.reset_s),
  }
}

/** From a row, because a result that waited for its definition has nothing else left. */
export const rolledOf = (
  row: Pick<
    ResultRow,
    | 'endpoint'
    | 'why'
    | 'outcome'
    | 'signal'
    | 'http_status'
    | 'first_token_us'
    | 'last_byte_us'
    | 'tokens_out'
    | 'cost_usd'
  >,
  facts: DefinitionFacts,
  slotMs: number,
): RolledResult => ({
  endpoint: row.endpoint,
  slotMs,
  why: row.why,
  type: facts.type,
  outcome: row.outcome,
  signal: row.signal,
  httpStatus: row.http_status,
  firstTokenUs: row.first_token_us,
  lastByteUs: row.last_byte_us,
  tokensOut: row.tokens_out,
  costUsd: row.cost_usd,
})

export interface SkipRow extends Omit<SkipTable, 'slot' | 'from_at' | 'to_at'> {
  readonly slot: string
  readonly from_at: string | null
  readonly to_at: string | null
}

export interface PlannedSkip {
  readonly row: SkipRow
  readonly rolled: RolledSkip | null
}

export const planSkip = (line: SkipLine, names: Names, nowMs: number): PlannedSkip => {
  const endpoint = names.endpoints.get(endpointKey(line))
  if (endpoint === undefined) throw new Error(`a name was not looked up: ${endpointKey(line)}`)
  const run = runOf(line)
  const slotMs = Date.parse(line.slot)
  const row = {
    slot: line.slot,
    from_at: line.from ?? null,
    to_at: line.to ?? null,
    id: line.id,
    prober: names.prober,
    endpoint,
    count: run.count,
    why: line.why,
    reason: line.skip,
  }
  const isAhead = Math.max(slotMs, run.lastMs) > nowMs + aheadMs
  const isRolled = !isAhead && hasBuckets({ probe: line.probe, type: null })
  return { row, rolled: isRolled ? { endpoint, why: line.why, ...run } : null }
}
