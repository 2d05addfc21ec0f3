import { type About, receiptHolds, signBatch, signGap } from '@llmstatus/shared/batch'
import type { SigningKey, VerifyingKey } from '@llmstatus/shared/identity'
import { type ProberId, uuid7 } from '@llmstatus/shared/ids'
import type { Clock, Random } from '../probe.ts'
import type { Notary, Unsigned } from '../spool/flight.ts'

export interface NotaryDeps {
  readonly prober: ProberId
  readonly key: SigningKey
  readonly aggregator: VerifyingKey
  /** Of this process start. */
  readonly boot: { readonly id: string; readonly monoUs: number }
  readonly clock: Clock
  readonly random: Random
  /** SHA-256 over the definitions in force. */
  readonly defs: () => string
  readonly about: () => Omit<About, 'spool_bytes' | 'oldest'>
}

/** Signs for one prober and reads the receipts of its one aggregator. It alone holds the key. */
export const createNotary = (deps: NotaryDeps): Notary => {
  const claimsOf = ({ seq, prev, span, spoolBytes }: Unsigned) => {
    const nowMs = deps.clock.nowMs()
    return {
      iss: deps.prober,
      aud: deps.aggregator.kid,
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
    prober: deps.prober,
    sign: record =>
      record.gap === null
        ? signBatch(deps.key, claimsOf(record), record.body)
        : signGap(deps.key, claimsOf(record), record.gap),
    holds: async (receipt, { seq, hash }) =>
      (await receiptHolds(deps.aggregator, receipt, { sub: deps.prober, seq, h: hash })) !== null,
  }
}
