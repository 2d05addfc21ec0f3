import { costPerDay } from '../config/cost.ts'
import type { Definitions } from '../config/read-definitions.ts'
import type { Probe } from '../probe.ts'
import { type Price, priceOf } from './providers.ts'

/** One probe that would run here. */
export interface ProbeRow {
  readonly provider: string
  readonly model: string | null
  readonly probe: string
  readonly type: Probe['type']
  readonly dialect: string
  readonly key: 'keyed' | 'keyless'
  readonly every_ms: number
  readonly timeout_ms: number
  readonly billed: boolean
  readonly price: Price | null
  /** Null where it is billed and its price is not known. */
  readonly usd_per_day: number | null
}

interface Here {
  readonly definitions: Definitions
  readonly nowMs: number
}

export const probeRow = (probe: Probe, { definitions, nowMs }: Here): ProbeRow => ({
  provider: probe.provider,
  model: probe.model,
  probe: probe.probe,
  type: probe.type,
  dialect: probe.dialect,
  key: probe.credential.auth === null ? 'keyless' : 'keyed',
  every_ms: probe.everyMs,
  timeout_ms: probe.timeoutMs,
  billed: probe.billed,
  price: probe.billed ? priceOf(definitions.providers.get(probe.provider), probe.model, nowMs) : null,
  usd_per_day: probe.billed ? rounded(costPerDay([probe])[0]?.usd ?? null) : 0,
})

/** Without the tail that binary fractions leave. */
export const rounded = (usd: number | null): number | null => (usd === null ? null : Number(usd.toFixed(9)))
