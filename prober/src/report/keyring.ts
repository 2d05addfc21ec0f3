import { type Receipt, receiptHolds, successorIn } from '@llmstatus/shared/batch'
import type { SigningKey, VerifyingKey } from '@llmstatus/shared/identity'
import { instant, type Thumbprint } from '@llmstatus/shared/ids'
import type { Clock, Random } from '../probe.ts'
import type { Files } from '../spool/files.ts'
import { takeAsk } from './asks.ts'
import { changeIdentity, type Identity, type IdentityFile, keyOf } from './identity-file.ts'

/**
 * The keys of both sides, and how each is followed by another.
 *
 * Invariants
 * - Our next key is on disk before a record names it. Which of the two signs is asked of the spool (`signer`), whose state
 *   changes with the receipt of the rotate record: this room only tidies up behind it.
 * - The aggregator's next key is believed by the word of the one in force, in a receipt that held, and is on disk before
 *   an `aud` names it. Both are believed until the next one has signed.
 */
export interface Keyring {
  readonly own: (signer: Thumbprint | null) => SigningKey
  /** Ours that is to follow, while it is not in force. */
  readonly successor: (signer: Thumbprint | null) => SigningKey | null
  readonly audience: () => Thumbprint
  readonly holds: (receipt: string, expected: Parameters<typeof receiptHolds>[2]) => Promise<boolean>
  readonly learn: (receipt: string, signer: Thumbprint | null) => Promise<void>
  readonly forgetSuccessor: (kid: Thumbprint) => Promise<void>
  /** Makes the next key where the one in force is old, or somebody asks for it. Now and then. */
  readonly tend: () => Promise<void>
}

export type KeyChange =
  | { readonly change: 'rotating' | 'rotated' | 'refused'; readonly kid: Thumbprint }
  | { readonly change: 'aggregator_next' | 'aggregator_changed'; readonly kid: Thumbprint }

export interface KeyringDeps {
  readonly files: Files
  readonly clock: Clock
  readonly random: Random
  readonly tell: (change: KeyChange) => void
}

const longestUseMs = 180 * 24 * 3_600_000

export const createKeyring = (identity: Identity, deps: KeyringDeps): Keyring => {
  const { files, clock } = deps
  let known = identity
  let heard: { readonly text: string; readonly by: VerifyingKey; readonly receipt: Receipt } | null = null

  const change = async (what: KeyChange, to: (file: IdentityFile) => IdentityFile | Promise<IdentityFile>) => {
    known = await changeIdentity(files, to)
    deps.tell(what)
  }

  const begin = async (): Promise<void> => {
    if (known.successor !== null) return
    const seed = Buffer.from(deps.random(32)).toString('base64url')
    const { kid } = await keyOf(seed)
    const successor = { seed, since: instant(clock.nowMs()) }
    await change({ change: 'rotating', kid }, file => ({ ...file, successor }))
  }

  const learnOwn = async (signer: Thumbprint | null): Promise<void> => {
    const { successor } = known
    if (successor !== null && successor.kid === signer)
      await change({ change: 'rotated', kid: successor.kid }, ownChanged)
  }

  const learnTheirs = async (by: VerifyingKey, receipt: Receipt): Promise<void> => {
    if (by.kid === known.aggregator.next?.kid)
      await change({ change: 'aggregator_changed', kid: by.kid }, file => theirsChanged(file, by))
    const next = await successorIn(by, receipt)
    if (next === null || next.kid === known.aggregator.next?.kid || by.kid !== known.aggregator.key.kid) return
    await change({ change: 'aggregator_next', kid: next.kid }, file => theirNext(file, next))
  }

  return {
    own: signer => (known.successor !== null && known.successor.kid === signer ? known.successor : known.key),
    successor: signer => (known.successor?.kid === signer ? null : known.successor),
    audience: () => (known.aggregator.next ?? known.aggregator.key).kid,
    holds: async (text, expected) => {
      const { key, next } = known.aggregator
      for (const by of next === null ? [key] : [key, next]) {
        const receipt = await receiptHolds(by, text, expected)
        if (receipt === null) continue
        heard = { text, by, receipt }
        return true
      }
      return false
    },
    learn: async (text, signer) => {
      await learnOwn(signer)
      if (heard?.text === text) await learnTheirs(heard.by, heard.receipt)
    },
    forgetSuccessor: async kid => {
      if (known.successor?.kid === kid)
        await change({ change: 'refused', kid }, ({ successor: _, ...file }) => ({ ...file }))
    },
    tend: async () => {
      if (clock.nowMs() - Date.parse(known.keySince) > longestUseMs) await begin()
      await takeAsk(files, 'rotate', begin)
    },
  }
}

const ownChanged = async (file: IdentityFile): Promise<IdentityFile> => {
  const { successor, ...rest } = file
  if (successor === undefined) return file
  const { jwk } = await keyOf(file.seed)
  return { ...rest, seed: successor.seed, key_since: successor.since, former: [...(file.former ?? []), jwk] }
}

const theirNext = (file: IdentityFile, next: VerifyingKey): IdentityFile => ({
  ...file,
  aggregator: { ...file.aggregator, next: next.jwk },
})

const theirsChanged = (file: IdentityFile, { jwk, kid }: VerifyingKey): IdentityFile => {
  const { next: _, ...aggregator } = file.aggregator
  return { ...file, aggregator: { ...aggregator, jwk, kid, former: [...(aggregator.former ?? []), aggregator.jwk] } }
}
