import type { ProviderFile } from '@llmstatus/shared/provider-file'
import type { SuiteProbe } from '@llmstatus/shared/suite-file'
import { type Ask, type Chat, chatAsk, dialectOf, reachabilityAsk, type Wish } from './ask.ts'
import type { Endpoint } from './endpoint.ts'

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

const suiteAsk = (endpoint: Endpoint, file: ProviderFile, { probe, choices }: Wanted): SuiteAsks => {
  const wish = wishOf(probe, choices.every)
  if (probe.probe_type === 'reachability') return { asks: [reachabilityAsk(endpoint, file, wish)], notes: [] }
  if (endpoint.grant.secret === null) return { asks: [], notes: [] }
  const models = endpoint.models ?? file.models.filter(model => model.default === true).map(({ id }) => id)
  const spoken = models.filter(model => choices.dialects.has(dialectOf(file, model)))
  return {
    asks: spoken.map(model => chatAsk(endpoint, file, { ...wish, chat: chatOf(probe, model) })),
    notes: [
      ...(models.length === 0
        ? [`${file.id} has no default model, so there is no ${probe.name} with it; credentials[].models may name one`]
        : []),
      ...models
        .filter(model => !spoken.includes(model))
        .map(
          model =>
            `${file.id} ${model}: no ${probe.name}, this version does not speak its dialect ${dialectOf(file, model)} yet`,
        ),
    ],
  }
}

const chatOf = ({ name, request, stream = true }: SuiteProbe, model: string): Chat => {
  if (request === undefined) throw new Error(`the suite's ${name} asks nothing`)
  return { model, request, stream }
}

const wishOf = (probe: SuiteProbe, every: Every): Wish => ({
  probe: probe.name,
  expected: probe.expected ?? {},
  everyMs: every[probe.name] ?? probe.every,
  timeoutMs: probe.timeout_ms,
  sla: null,
})
