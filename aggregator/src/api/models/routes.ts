import { z } from 'zod'
import type { Queries } from '../../db/store.ts'
import { firstTokenSince, type Present } from '../present.ts'
import type { Catalogue } from '../providers.ts'
import { type Answer, found, type Route, refused } from '../route.ts'
import { type Ask, createSnapshot } from '../snapshot.ts'
import { readSketches } from '../status-queries.ts'
import { knownModels, type Meant, matching, meantBy } from './known.ts'
import { detailOf, modelOf, modelVerdict } from './model-of.ts'
import { anyUsable, bestOf } from './verdict-of.ts'

/** What a router asks: which models there are, how they are, and whether to use them now. */

export interface ModelDeps {
  readonly db: Queries
  readonly clock: { readonly nowMs: () => number }
  readonly providers: Catalogue
}

const Asked = z.string().min(1).max(200)
const ListQuery = z.strictObject({
  q: Asked.optional().describe('Only those with these words in the id or in the name of the provider'),
})
const DetailPath = z.strictObject({
  provider: Asked,
  model: Asked.describe("The provider's own id; its slashes may stand as they are"),
})
const mostModels = 50
const VerdictQuery = z.strictObject({
  model: z
    .preprocess(value => (typeof value === 'string' ? [value] : value), z.array(Asked).min(1).max(mostModels))
    .describe('provider/model, or the bare id where one provider alone has it. Again and again for several.'),
})

/** The judge looks at everything that often; nothing is new before. */
const ttlS = 5
/** While the database is away. What was so a while ago is shown with its age; on this, somebody acts without looking at it. */
const oldestMs = 300_000
/** Rates of tokens change slowly. */
const rateEnoughMs = 5_000

export const modelRoutes = (deps: ModelDeps, present: Ask<Present>): readonly Route[] => {
  const { db, clock, providers } = deps
  const tokenRates = createSnapshot(
    () => readSketches(db, { metric: 'tokens_per_s', sinceMs: firstTokenSince(clock.nowMs()) }),
    clock,
  )
  const read = async () => {
    const now = await present()
    const rates = await tokenRates(rateEnoughMs)
    const known = knownModels(now.value.rows.endpoints, providers)
    return { known, rows: { present: now.value, tokenRates: rates.value }, ageMs: now.ageMs }
  }
  return [
    {
      ...common,
      path: '/api/v1/models',
      summary: 'Models: how they are, what they cost, how fast they answer, what they can do',
      inQuery: ListQuery,
      answers: { 200: { description: 'Those asked for', schema: 'ModelList' } },
      problems: ['bad_request', 'unavailable'],
      example: '/api/v1/models?q=nano',
      answer: async ({ query }) => {
        const { q } = query as z.infer<typeof ListQuery>
        const { known, rows, ageMs } = await read()
        const asked = q === undefined ? known : matching(known, q)
        return found({ as_of: rows.present.status.as_of, models: asked.map(one => modelOf(one, rows)) }, { ageMs })
      },
    },
    {
      ...common,
      path: '/api/v1/models/{provider}/{model}',
      lastPart: 'may_hold_slashes',
      summary: 'One model',
      inPath: DetailPath,
      answers: { 200: { description: 'The model', schema: 'ModelDetail' } },
      problems: ['bad_request', 'unknown_model', 'unavailable'],
      example: '/api/v1/models/openai/gpt-4.1-nano',
      answer: async ({ path }) => {
        const { provider, model } = path as z.infer<typeof DetailPath>
        const { known, rows, ageMs } = await read()
        const meant = meantBy(`${provider}/${model}`, known)
        if (!meant.ok) return refusal(`${provider}/${model}`, meant)
        return found(detailOf(meant.model, rows), { ageMs })
      },
    },
    {
      ...common,
      path: '/api/v1/verdict',
      keptS: ttlS,
      summary: 'Whether to use a model now, and which of several',
      inQuery: VerdictQuery,
      answers: { 200: { description: 'One verdict a model, and the best of them', schema: 'Verdict' } },
      problems: ['bad_request', 'ambiguous_model', 'unknown_model', 'unavailable'],
      example: '/api/v1/verdict?model=openai/gpt-4.1-nano&model=anthropic/claude-haiku-4-5',
      answer: async ({ query }) => {
        const { value, ageMs } = await present()
        if (ageMs > oldestMs) return refused('unavailable')
        const known = knownModels(value.rows.endpoints, providers)
        const asked = [...new Set((query as z.infer<typeof VerdictQuery>).model)]
        const meant = asked.map(id => ({ id, is: meantBy(id, known) }))
        for (const { id, is } of meant) if (!is.ok) return refusal(id, is)
        const verdicts = meant.flatMap(({ is }) => (is.ok ? [modelVerdict(is.model, value)] : []))
        return found(
          { as_of: value.status.as_of, ttl_s: ttlS, usable: anyUsable(verdicts), best: bestOf(verdicts), verdicts },
          { ageMs },
        )
      },
    },
  ]
}

const common = { method: 'GET', access: 'public', tag: 'models' } as const

const refusal = (asked: string, meant: Exclude<Meant, { ok: true }>): Answer => {
  if (meant.problem === 'ambiguous_model') {
    const { candidates } = meant
    const hint = `say which: ${candidates.join(', ')}`
    return refused('ambiguous_model', { detail: `${asked}: ${hint}`, members: { model: asked, candidates, hint } })
  }
  const hint = meant.nearest === null ? null : `did you mean "${meant.nearest}"?`
  const detail = hint === null ? `${asked}: is not known here` : `${asked}: ${hint}`
  return refused('unknown_model', { detail, members: { model: asked, nearest: meant.nearest, hint } })
}
