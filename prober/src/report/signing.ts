import type { About } from '@llmstatus/shared/batch'
import { uuid7 } from '@llmstatus/shared/ids'
import type { Clock, Probe, Random } from '../probe.ts'
import type { Notary } from '../spool/flight.ts'
import { definitionsDigest } from './definition-lines.ts'
import type { Identity } from './identity-file.ts'
import { createNotary } from './notary.ts'

/** What every record of this process start has in common. */
export interface Signing {
  readonly notaryOf: (identity: Identity) => Notary
  /** The newest offset of the aggregator's clock goes out with the next record. */
  readonly noteOffset: (offsetMs: number) => void
}

export interface SigningDeps {
  readonly version: string
  readonly region: string | null
  readonly continent: About['continent']
  /** Those in force when a record is signed. */
  readonly probes: () => readonly Probe[]
  readonly clock: Clock
  readonly random: Random
}

export const signingFor = (deps: SigningDeps): Signing => {
  const { clock, random, version, region, continent } = deps
  const boot = { id: uuid7(clock.nowMs(), random(10)), monoUs: clock.monoUs() }
  let offsetMs: number | null = null
  return {
    notaryOf: ({ prober, key, aggregator }) =>
      createNotary({
        prober,
        key,
        aggregator: aggregator.key,
        boot,
        clock,
        random,
        defs: () => definitionsDigest(deps.probes()),
        about: () => ({ version, region, continent, offset_ms: offsetMs }),
      }),
    noteOffset: ms => {
      offsetMs = ms
    },
  }
}
