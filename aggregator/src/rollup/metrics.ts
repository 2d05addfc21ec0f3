import type { ProbeType } from '@llmstatus/shared/result'

/** The latencies that are kept as histograms, of results that are ok: a timeout is no latency. */
export interface Timed {
  readonly type: ProbeType
  readonly firstTokenUs: number | null
  readonly lastByteUs: number | null
}

interface Metric {
  readonly name: string
  readonly types: readonly ProbeType[]
  readonly us: (result: Timed) => number | null
}

export const metrics = [
  { name: 'first_token', types: ['chat', 'reference'], us: result => result.firstTokenUs },
  {
    name: 'total',
    types: ['chat', 'reference', 'reachability', 'embeddings', 'http'],
    us: result => result.lastByteUs,
  },
] as const satisfies readonly Metric[]

export type MetricName = (typeof metrics)[number]['name']

export const timesOf = (result: Timed): readonly { readonly metric: MetricName; readonly ms: number }[] =>
  metrics.flatMap(({ name, types, us }) => {
    const value = (types as readonly ProbeType[]).includes(result.type) ? us(result) : null
    return value === null ? [] : [{ metric: name, ms: value / 1000 }]
  })
