import { instant } from '@llmstatus/shared/ids'
import type { DefinitionLine, ResultLine } from '@llmstatus/shared/result'
import { sampleResults } from './sample.ts'

/** Three slots a second, the newest of them a few days old at most: what a prober that was cut off brings. */
const slotMs = 333
const oldestMs = 2 * 86_400_000

/** Batch after batch of one prober; the first says what its probes are. */
export const ingestLines = (of: {
  readonly seed: number
  readonly batch: number
  readonly count: number
}): string[] => {
  const startMs = Date.now() - oldestMs + of.batch * of.count * slotMs
  const results = sampleResults({ count: of.count, seed: of.seed, startMs })
  return [...(of.batch === 0 ? definitionsOf(results) : []), ...results].map(line => JSON.stringify(line))
}

export const definitionsOf = (results: readonly ResultLine[]): readonly DefinitionLine[] => [
  ...new Map(results.map(result => [result.def, definitionOf(result)])).values(),
]

const definitionOf = ({ at, def, provider, model, probe, dialect }: ResultLine): DefinitionLine => ({
  kind: 'definition',
  at: instant(Date.parse(at) - 1000),
  def,
  provider,
  model,
  probe,
  type: probe === 'reachability' ? 'reachability' : 'chat',
  dialect,
  keyed: true,
  origin: 'shipped',
  every_ms: 60_000,
  timeout_ms: 30_000,
  sla: null,
  billed: model !== null,
  reasoning: false,
})
