import { instant, sha256 } from '@llmstatus/shared/ids'
import type { DefinitionLine } from '@llmstatus/shared/result'
import type { Probe } from '../probe.ts'

/** What a result's `def` stands for: no prompt, no expectation, no host. */
export const definitionLine = (probe: Probe, nowMs: number): DefinitionLine => ({
  kind: 'definition',
  at: instant(nowMs),
  def: probe.def,
  provider: probe.provider,
  model: probe.model,
  probe: probe.probe,
  type: probe.type,
  dialect: probe.dialect,
  keyed: probe.credential.auth !== null,
  origin: probe.origin,
  every_ms: probe.everyMs,
  timeout_ms: probe.timeoutMs,
  sla: probe.sla,
  billed: probe.billed,
  reasoning: probe.reasoning,
})

/** One digest for all definitions in force: of their digests, each once, sorted, one a line. */
export const definitionsDigest = (probes: readonly Probe[]): string =>
  sha256([...new Set(probes.map(({ def }) => def))].sort().join('\n'))
