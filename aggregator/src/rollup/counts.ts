import { blameOf, type Outcome } from '@llmstatus/shared/outcome'
import type { ProbeType, ResultLine } from '@llmstatus/shared/result'

/** What a bucket counts. All but the last three are slots. */
export interface Counts {
  planned: number
  ok: number
  provider_failed: number
  account_failed: number
  config_failed: number
  vantage_failed: number
  unclassified: number
  skipped: number
  tokens_out: number
  cost_usd: number
}

export const noCounts = (): Counts => ({
  planned: 0,
  ok: 0,
  provider_failed: 0,
  account_failed: 0,
  config_failed: 0,
  vantage_failed: 0,
  unclassified: 0,
  skipped: 0,
  tokens_out: 0,
  cost_usd: 0,
})

/**
 * A slot that stood in the plan (DESIGN §4.9, 2 and 9). Follow-ups come where something failed, and one by hand where
 * somebody wondered: what makes them come is no chance, so they would bend an uptime and a latency.
 */
export const isPlanned = (why: ResultLine['why']): boolean => why === 'schedule'

/** The slots at a start are no part of the plan, but nothing bends them: a new prober has its latencies at once. */
export const isTimed = (why: ResultLine['why']): boolean => isPlanned(why) || why === 'boot'

/** A control asks whether this network is there; its answers say nothing about whoever gave them. */
export const hasBuckets = (of: { readonly probe: string; readonly type: ProbeType | null }): boolean =>
  of.probe !== 'control' && of.type !== 'control'

const failures = {
  provider: 'provider_failed',
  account: 'account_failed',
  config: 'config_failed',
  vantage: 'vantage_failed',
} as const

export interface Counted {
  readonly type: ProbeType
  readonly outcome: Outcome
  readonly signal: string | null
  readonly httpStatus: number | null
}

/** On a reachability endpoint an account or config outcome with a status is ok: the edge answered (DESIGN §4.9, 1). */
export const countOf = ({ type, outcome, signal, httpStatus }: Counted): keyof Counts => {
  if (outcome === 'ok') return 'ok'
  const blame = blameOf(outcome, signal)
  if (blame === null) return 'unclassified'
  const edgeAnswered = type === 'reachability' && httpStatus !== null && (blame === 'account' || blame === 'config')
  return edgeAnswered ? 'ok' : failures[blame]
}
