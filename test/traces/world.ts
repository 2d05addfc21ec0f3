import type { Outcome } from '@llmstatus/shared/outcome'
import type { Probe } from '../../prober/src/probe.ts'
import type { Chance } from './chance.ts'
import type { Label, Profile } from './trace.ts'

/** What is true, whoever looks. A trace is what probers with their own schedules and follow-ups see of it. */
export interface World {
  readonly kind: string
  readonly profile: Profile
  readonly seed: number
  readonly startMs: number
  readonly endMs: number
  readonly labels: readonly Label[]
  readonly probes: readonly Probe[]
  readonly vantages: number
  /** What somebody finds who looks now. */
  readonly finds: (look: Look) => Found
  /** How long a probe took on the days before; null where nobody had looked yet. */
  readonly usedToTakeMs: ((look: Look) => number) | null
  /** How long after its end a result arrives. */
  readonly deliveryMs: (look: Look) => number
  /** How far ahead the prober's clock is. */
  readonly clockMs: (look: Pick<Look, 'ms' | 'vantage'>) => number
}

export interface Look {
  readonly ms: number
  readonly probe: Probe
  readonly vantage: number
  readonly chance: Chance
}

export interface Found {
  readonly outcome: Outcome
  readonly signal: string | null
  readonly httpStatus: number | null
  /** To the first token of a chat, to the end of everything else; or to the failure. */
  readonly tookMs: number
}
