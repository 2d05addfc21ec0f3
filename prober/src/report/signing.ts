import type { About } from '@llmstatus/shared/batch'
import { uuid7 } from '@llmstatus/shared/ids'
import type { Log } from '../log.ts'
import type { Clock, Probe, Random } from '../probe.ts'
import type { Files } from '../spool/files.ts'
import type { Notary } from '../spool/flight.ts'
import { definitionsDigest } from './definition-lines.ts'
import type { Identity } from './identity-file.ts'
import { createKeyring, type KeyChange, type Keyring } from './keyring.ts'
import { createNotary } from './notary.ts'

/** What every record of this process start has in common. */
export interface Signing {
  readonly notaryOf: (identity: Identity) => Notary & Pick<Keyring, 'tend'>
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
  /** Of the data folder, where the keys are. */
  readonly files: Files
  readonly log: Log
}

export const signingFor = (deps: SigningDeps): Signing => {
  const { clock, random, version, region, continent } = deps
  const boot = { id: uuid7(clock.nowMs(), random(10)), monoUs: clock.monoUs() }
  let offsetMs: number | null = null
  return {
    notaryOf: identity => {
      const keys = createKeyring(identity, { ...deps, tell: change => sayChange(deps.log, change) })
      const notary = createNotary({
        prober: identity.prober,
        keys,
        boot,
        clock,
        random,
        defs: () => definitionsDigest(deps.probes()),
        about: () => ({ version, region, continent, offset_ms: offsetMs }),
      })
      return { ...notary, tend: keys.tend }
    },
    noteOffset: ms => {
      offsetMs = ms
    },
  }
}

const sayChange = (log: Log, { change, kid }: KeyChange): void => log.info({ thumbprint: kid }, changes[change])

const changes: Readonly<Record<KeyChange['change'], string>> = {
  rotating: 'this prober has made its next key; the aggregator is told',
  refused: 'the aggregator does not take the next key of this prober; the one before stays in force',
  rotated: 'this prober signs with its next key',
  aggregator_next: 'the aggregator has named its next key',
  aggregator_changed: 'the aggregator signs with its next key',
}
