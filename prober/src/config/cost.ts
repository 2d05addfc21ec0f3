import type { Probe } from '../probe.ts'

/** What billed probes cost at most: every answer uses all the room it has. */
export interface Cost {
  readonly provider: string
  /** Null where the price of one of its models is not known. */
  readonly usd: number | null
}
export type CostPerDay = Cost

const dayMs = 86_400_000

/** As if every slot of a day ran. */
export const costPerDay = (probes: readonly Probe[]): readonly CostPerDay[] =>
  costs(probes, ({ everyMs }) => dayMs / everyMs)

/** Each of them once. */
export const costOfOne = (probes: readonly Probe[]): readonly Cost[] => costs(probes, () => 1)

const costs = (probes: readonly Probe[], timesOf: (probe: Probe) => number): readonly Cost[] => {
  const billed = probes.filter(probe => probe.billed)
  const providers = [...new Set(billed.map(({ provider }) => provider))]
  return providers.map(provider => ({
    provider,
    usd: billed
      .filter(probe => probe.provider === provider)
      .map(probe => {
        const each = costOfCall(probe)
        return each === null ? null : each * timesOf(probe)
      })
      .reduce((sum, usd) => (sum === null || usd === null ? null : sum + usd), 0),
  }))
}

export const costOfCall = (probe: Probe): number | null => {
  const { price, question } = probe
  if (price === null || question === null) return null
  return (promptTokens(probe) * price.input + question.maxTokens * price.output) / 1_000_000
}

/**
 * On the high side: three characters a token, every byte of other than ASCII one of its own, and ten tokens of frame
 * around each message.
 */
export const promptTokens = ({ question }: Pick<Probe, 'question'>): number => {
  if (question === null) return 0
  const system = question.system === null ? [] : [{ content: question.system }]
  return [...system, ...question.messages]
    .map(({ content }) => tokensAtMost(content) + 10)
    .reduce((sum, tokens) => sum + tokens, 0)
}

const tokensAtMost = (text: string): number => {
  const ascii = [...text].filter(character => character <= '\x7f').length
  return Math.ceil(ascii / 3) + Buffer.byteLength(text) - ascii
}

/** How many requests one slot is: a warm connection has answered one before the one that counts. */
export const requestsOf = ({ warmUp }: Pick<Probe, 'warmUp'>): number => (warmUp === undefined ? 1 : 2)
