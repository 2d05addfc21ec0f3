import { type About, signBatch, signGap, signRotation } from '@llmstatus/shared/batch'
import { type ProberId, uuid7 } from '@llmstatus/shared/ids'
import type { Clock, Random } from '../probe.ts'
import type { Notary, Unsigned } from '../spool/flight.ts'
import type { Keyring } from './keyring.ts'

export interface NotaryDeps {
  readonly prober: ProberId
  readonly keys: Omit<Keyring, 'tend'>
  /** Of this process start. */
  readonly boot: { readonly id: string; readonly monoUs: number }
  readonly clock: Clock
  readonly random: Random
  /** SHA-256 over the definitions in force. */
  readonly defs: () => string
  readonly about: () => Omit<About, 'spool_bytes' | 'oldest'>
}

/** Signs for one prober and reads the receipts of its one aggregator. It alone uses the keys. */
export const createNotary = (deps: NotaryDeps): Notary => {
  const { keys, prober } = deps
  const claimsOf = ({ seq, prev, span, spoolBytes }: Unsigned) => {
    const nowMs = deps.clock.nowMs()
    return {
      iss: prober,
      aud: keys.audience(),
      jti: uuid7(nowMs, deps.random(10)),
      iat: Math.floor(nowMs / 1000),
      seq,
      prev,
      from: span.from,
      to: span.to,
      defs: deps.defs(),
      boot: deps.boot.id,
      mono: Math.floor((deps.clock.monoUs() - deps.boot.monoUs) / 1000),
      // What goes out is the oldest there is, so its own first time is the spool's.
      about: { ...deps.about(), spool_bytes: spoolBytes, oldest: span.from },
    }
  }
  return {
    prober,
    sign: record => {
      const key = keys.own(record.signer)
      const next = keys.successor(record.signer)
      if (record.gap !== null) return signGap(key, claimsOf(record), record.gap)
      if (record.becomes === null) return signBatch(key, claimsOf(record), record.body)
      if (next?.kid !== record.becomes) throw new Error(`there is no key ${record.becomes} to follow`)
      return signRotation(key, next, claimsOf(record))
    },
    holds: (receipt, { seq, hash }) => keys.holds(receipt, { sub: prober, seq, h: hash }),
    successor: signer => keys.successor(signer)?.kid ?? null,
    learn: keys.learn,
    forgetSuccessor: keys.forgetSuccessor,
  }
}
