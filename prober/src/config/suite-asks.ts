import type { ProviderFile } from '@llmstatus/shared/provider-file'
import type { SuiteProbe } from '@llmstatus/shared/suite-file'
import { type Ask, type Asked, chatAsk, embeddingsAsk, reachabilityAsk, type Wish } from './ask.ts'
import type { Endpoint } from './endpoint.ts'
import { isEmbedder, roadTo } from './roads.ts'
import { withConnection } from './warm-up.ts'

/** What the operator's configuration changes about a suite's rhythm, by the suites' own names. */
export type Every = Readonly<Partial<Record<string, number>>>

export interface SuiteAsks {
  readonly asks: readonly Ask[]
  readonly notes: readonly string[]
}

interface Choices {
  readonly every: Every
  readonly dialects: ReadonlySet<string>
}

/** A suite runs where it can: what an endpoint lacks for it is a note, since nobody asked for that probe by name. */
export const suiteAsks = (endpoint: Endpoint, suite: readonly SuiteProbe[], choices: Choices): SuiteAsks => {
  const { file, kind } = endpoint
  if (file === null) return { asks: [], notes: [] }
  const wanted = suite
    .filter(({ kinds }) => kinds.includes(kind))
    .map(probe => suiteAsk(endpoint, file, { probe, choices }))
  return { asks: wanted.flatMap(({ asks }) => asks), notes: wanted.flatMap(({ notes }) => notes) }
}

interface Wanted {
  readonly probe: SuiteProbe
  readonly choices: Choices
}

const suiteAsk = (endpoint: Endpoint, file: ProviderFile, wanted: Wanted): SuiteAsks => {
  const { asks, notes } = coldAsks(endpoint, file, wanted)
  return { asks: asks.map(ask => withConnection(ask, wanted.probe.connection)), notes }
}

const coldAsks = (endpoint: Endpoint, file: ProviderFile, { probe, choices }: Wanted): SuiteAsks => {
  const wish = wishOf(probe, choices.every)
  if (probe.probe_type === 'reachability') return { asks: [reachabilityAsk(endpoint, file, wish)], notes: [] }
  if (endpoint.grant.secret === null) return none
  return probe.probe_type === 'chat'
    ? chatAsks(endpoint, file, { probe, choices })
    : embeddingsAsks(endpoint, file, { probe, choices })
}

const none: SuiteAsks = { asks: [], notes: [] }

const chatAsks = (endpoint: Endpoint, file: ProviderFile, { probe, choices }: Wanted): SuiteAsks => {
  const wish = wishOf(probe, choices.every)
  const { stream = true } = probe
  if (file.chat === undefined) return none
  const models = (endpoint.models ?? file.models.filter(model => model.default === true).map(({ id }) => id)).filter(
    model => !isEmbedder(file, model),
  )
  const ways = models.flatMap(model => {
    const road = roadTo(file, model)
    return road === null ? [] : [{ model, road, isSpoken: choices.dialects.has(road.dialect) }]
  })
  return {
    asks: ways
      .filter(({ isSpoken }) => isSpoken)
      .map(({ model, road }) => chatAsk(endpoint, file, { ...wish, chat: { ...askedOf(probe, model), road, stream } }))
      .map(withoutMost),
    notes: [
      ...(models.length === 0 && endpoint.models === null
        ? [`${file.id} has no default model, so there is no ${probe.name} with it; credentials[].models may name one`]
        : []),
      ...ways
        .filter(({ isSpoken }) => !isSpoken)
        .map(({ model, road }) => unspoken(`${file.id} ${model}`, probe, road.dialect)),
    ],
  }
}

/**
 * A suite's `max_tokens` keeps an answer short. A reasoning model gets more room than that, to think in, and if it uses some
 * of it to talk, that is no wrong answer.
 */
const withoutMost = (ask: Ask): Ask => {
  const { max_tokens: _most, ...expected } = ask.expected
  return ask.question?.reasoning === true ? { ...ask, expected } : ask
}

/** Those that the operator named, else the first that the file has. A provider without embeddings lacks nothing. */
const embeddingsAsks = (endpoint: Endpoint, file: ProviderFile, { probe, choices }: Wanted): SuiteAsks => {
  const { embeddings } = file
  if (embeddings === undefined) return none
  const named = (endpoint.models ?? []).filter(model => isEmbedder(file, model))
  const first = file.models.map(({ id }) => id).filter(model => isEmbedder(file, model))
  const models = named.length > 0 ? named : first.slice(0, 1)
  if (!choices.dialects.has(embeddings.dialect))
    return { asks: [], notes: models.map(model => unspoken(`${file.id} ${model}`, probe, embeddings.dialect)) }
  const wish = wishOf(probe, choices.every)
  return {
    asks: models.map(model => embeddingsAsk(endpoint, embeddings, { ...wish, asked: askedOf(probe, model) })),
    notes: [],
  }
}

const unspoken = (what: string, { name }: SuiteProbe, dialect: string): string =>
  `${what}: no ${name}, this version does not speak its dialect ${dialect} yet`

const askedOf = ({ name, request }: SuiteProbe, model: string): Asked => {
  if (request === undefined) throw new Error(`the suite's ${name} asks nothing`)
  return { model, request }
}

const wishOf = (probe: SuiteProbe, every: Every): Wish => ({
  probe: probe.name,
  expected: probe.expected ?? {},
  everyMs: every[probe.name] ?? probe.every,
  timeoutMs: probe.timeout_ms,
  sla: null,
})
