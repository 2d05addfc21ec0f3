import type { ProbeType } from '@llmstatus/shared/result'

/** What is kept as histograms, of results that are ok: a timeout is no latency. */
export interface Timed {
  readonly type: ProbeType
  readonly firstTokenUs: number | null
  readonly lastByteUs: number | null
  readonly tokensOut: number | null
}

interface Metric {
  readonly name: string
  readonly types: readonly ProbeType[]
  /** Milliseconds, but for rates: a histogram keeps any number from 1 to 600,000. */
  readonly value: (result: Timed) => number | null
}

const milliseconds = (us: number | null): number | null => (us === null ? null : us / 1000)

/** Under so many tokens, or within so short a time, a rate tells of packets and not of a model. */
const leastTokens = 16
const leastUs = 10_000

/** Of the tokens after the first: how long that one takes is told by itself. */
const tokensPerS = ({ firstTokenUs, lastByteUs, tokensOut }: Timed): number | null => {
  if (firstTokenUs === null || lastByteUs === null || tokensOut === null) return null
  const us = lastByteUs - firstTokenUs
  return tokensOut < leastTokens || us < leastUs ? null : ((tokensOut - 1) * 1e6) / us
}

export const metrics = [
  { name: 'first_token', types: ['chat', 'reference'], value: result => milliseconds(result.firstTokenUs) },
  {
    name: 'total',
    types: ['chat', 'reference', 'reachability', 'embeddings', 'http'],
    value: result => milliseconds(result.lastByteUs),
  },
  { name: 'tokens_per_s', types: ['chat'], value: tokensPerS },
] as const satisfies readonly Metric[]

export type MetricName = (typeof metrics)[number]['name']

export const timesOf = (result: Timed): readonly { readonly metric: MetricName; readonly ms: number }[] =>
  metrics.flatMap(({ name, types, value }) => {
    const ms = (types as readonly ProbeType[]).includes(result.type) ? value(result) : null
    return ms === null ? [] : [{ metric: name, ms }]
  })
