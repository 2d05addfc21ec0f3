import { mergeSketches, quantile } from '@llmstatus/shared/sketch'
import type { z } from 'zod'
import type { Present } from '../present.ts'
import { firstTokenOf, timeOf, uptimeOf, verdictOf } from '../status.ts'
import type { SketchRow } from '../status-queries.ts'
import type { KnownModel } from './known.ts'
import type { Model, ModelDetail, ModelVerdict } from './schema.ts'
import { modelState } from './verdict-of.ts'

/** What the API says of a model, from what was read. Pure. */

export interface ModelRows {
  readonly present: Present
  readonly tokenRates: readonly SketchRow[]
}

export const modelOf = (known: KnownModel, { present, tokenRates }: ModelRows): Model => {
  const { id, provider, model, info, endpoints, told } = known
  const { rows } = present
  return {
    id,
    provider,
    provider_name: info.name,
    kind: info.kind,
    model,
    measured: endpoints.length > 0,
    ...modelState(known),
    ...uptimeOf(endpoints, rows.counts),
    ttft_ms: firstTokenOf(endpoints, rows),
    tokens_per_s: rateOf(known, { tokenRates, windowS: rows.windowS }),
    price: told?.price ?? null,
    capabilities: capabilitiesOf(known),
  }
}

export const detailOf = (known: KnownModel, rows: ModelRows): z.infer<typeof ModelDetail> => ({
  as_of: rows.present.status.as_of,
  ...modelOf(known, rows),
  status_page: known.info.statusPage ?? null,
  incident_id: rows.present.rows.incidents.get(known.provider) ?? null,
  endpoints: known.endpoints.map(row => {
    const { state, reason, blame, sinceMs, confidence } = verdictOf(row)
    return { probe: row.probe, state, reason, blame, since: timeOf(sinceMs), confidence }
  }),
})

export const modelVerdict = (known: KnownModel, { rows }: Present): ModelVerdict => ({
  model: known.id,
  ...modelState(known),
  ttft_p95_ms: firstTokenOf(known.endpoints, rows).p95,
})

/** What is measured counts more than what is written: a model that embeds here embeds. */
const capabilitiesOf = ({ endpoints, told, info }: KnownModel): Model['capabilities'] => {
  const types = new Set(endpoints.map(row => row.type))
  const isTold = told !== null
  const embeds = isTold && told.dialect !== undefined && told.dialect === info.embeds
  const chats = types.has('chat') || (isTold && !embeds)
  return {
    chat: chats,
    streaming: chats,
    embeddings: types.has('embeddings') || embeds,
    reasoning: isTold ? (told.reasoning ?? false) : null,
    min_output_tokens: told?.min_output_tokens ?? null,
  }
}

const rateOf = (
  { endpoints }: KnownModel,
  { tokenRates, windowS }: { readonly tokenRates: readonly SketchRow[]; readonly windowS: number },
): Model['tokens_per_s'] => {
  const ids = new Set(endpoints.map(row => row.id))
  const sketch = mergeSketches(tokenRates.filter(row => ids.has(row.endpoint)))
  const [p5, p50] = [0.05, 0.5].map(q => quantile(sketch, q)).map(value => (value === null ? null : tenths(value)))
  return { p5: p5 ?? null, p50: p50 ?? null, n: sketch.n, window_s: windowS }
}

const tenths = (value: number): number => Math.round(value * 10) / 10
