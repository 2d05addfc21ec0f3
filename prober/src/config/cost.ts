import type { Probe } from '../probe.ts'

/** What a day of billed probes costs at most: every slot runs, and every answer uses all the room it has. */
export interface CostPerDay {
  readonly provider: string
  /** Null where the price of one of its models is not known. */
  readonly usd: number | null
}

export const costPerDay = (probes: readonly Probe[]): readonly CostPerDay[] => {
  const billed = probes.filter(probe => probe.billed)
  const providers = [...new Set(billed.map(({ provider }) => provider))]
  return providers.map(provider => ({
    provider,
    usd: billed
      .filter(probe => probe.provider === provider)
      .map(costOf)
      .reduce((sum, usd) => (sum === null || usd === null ? null : sum + usd), 0),
  }))
}

const dayMs = 86_400_000

const costOf = (probe: Probe): number | null => {
  const { price, question, everyMs } = probe
  if (price === null || question === null) return null
  const usdPerCall = (promptTokens(probe) * price.input + question.maxTokens * price.output) / 1_000_000
  return usdPerCall * (dayMs / everyMs)
}

/** On the high side: three characters a token, and ten tokens of frame around each message. */
const promptTokens = ({ question }: Probe): number => {
  if (question === null) return 0
  const system = question.system === null ? [] : [{ content: question.system }]
  const charge = ({ content }: { readonly content: string }) => Math.ceil(content.length / 3) + 10
  return [...system, ...question.messages].map(charge).reduce((sum, tokens) => sum + tokens, 0)
}
