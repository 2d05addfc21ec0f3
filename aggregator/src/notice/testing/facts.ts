import type { Outcome } from '@llmstatus/shared/outcome'
import type { Facts, ProberFacts, ResultFacts, SeriesFacts } from '../facts.ts'

/** Facts of a world in which all is well, and what differs from it. */

export const nowMs = Date.UTC(2026, 10, 20, 12, 0, 0)
const minuteMs = 60_000

export const resultOf = (minutesAgo: number, more: Partial<ResultFacts> = {}): ResultFacts => ({
  slotMs: nowMs - minutesAgo * minuteMs,
  outcome: 'ok',
  stated: null,
  signal: null,
  firstTokenUs: 400_000,
  lastByteUs: 1_400_000,
  tokensOut: 101,
  requests: null,
  tokens: null,
  reportedModel: null,
  ...more,
})

/** One a minute, the newest first. */
export const results = (...all: readonly (Outcome | Partial<ResultFacts>)[]): readonly ResultFacts[] =>
  all.map((one, i) => resultOf(i, typeof one === 'string' ? { outcome: one } : one))

export const seriesOf = (latest: readonly ResultFacts[], more: Partial<SeriesFacts> = {}): SeriesFacts => ({
  prober: 1,
  provider: 'openai',
  model: 'gpt-4.1-nano',
  probe: 'chat',
  type: 'chat',
  everyMs: minuteMs,
  tokensPerSecondFloor: null,
  latest,
  ...more,
})

export const proberOf = (more: Partial<ProberFacts> = {}): ProberFacts => ({
  prober: 1,
  approvedMs: nowMs - 86_400_000,
  lastBatchMs: nowMs - 5_000,
  lastResultMs: nowMs - 6_000,
  everyMs: minuteMs,
  clockOffsetMs: 12,
  rejected: {},
  ...more,
})

export const factsOf = (more: Partial<Facts> = {}): Facts => ({
  probers: [proberOf()],
  series: [],
  coverage: [],
  definitions: null,
  nowMs,
  ...more,
})
