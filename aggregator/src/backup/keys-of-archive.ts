import { CodedError } from '@llmstatus/shared/errors'
import { keyFromSeed, type SigningKey } from '@llmstatus/shared/identity'
import type { Secret } from '@llmstatus/shared/secret'
import type { Files } from '../config/files.ts'
import { type KeyPlace, keyFile, seedsOf, seedText, writeSeeds } from '../config/key-file.ts'
import { type Header, unusable } from './archive.ts'
import type { HeaderKey } from './dump.ts'
import { openSealedKey, sealKey } from './sealed-key.ts'

/**
 * The aggregator's keys, from their file into an archive and from an archive into their file.
 *
 * Invariants
 * - They leave their file sealed or not at all.
 * - While the database is replaced, the file holds the old keys and the new ones: whichever database an interruption leaves
 *   behind finds the one that it belongs to.
 */
interface KeyDeps {
  readonly files: Files
  readonly random: (bytes: number) => Uint8Array
  readonly place: KeyPlace
}

interface Held {
  readonly seeds: readonly Uint8Array[]
  readonly keys: readonly SigningKey[]
}

/** Null where there is no file. Nothing is made. */
const readHeld = async ({ files, random, place }: KeyDeps): Promise<Held | null> => {
  if (!files.exists(place.path)) return null
  const seeds = keyFile(files, random, { ...place, kind: 'given' }).read()
  return { seeds, keys: await Promise.all(seeds.map(seed => keyFromSeed(seed))) }
}

/** For the header. Without a passphrase the public half alone, where its file is at hand. */
export const keyForArchive = async (deps: KeyDeps, kid: string, passphrase: Secret | null): Promise<HeaderKey> => {
  const held = await readHeld(deps)
  const inForce = held?.keys.find(key => key.kid === kid)
  if (held !== null && inForce !== undefined) {
    const sealed = passphrase === null ? null : sealKey(seedText(held.seeds), { passphrase, kid }, deps.random)
    return { jwk: inForce.jwk, sealed }
  }
  if (passphrase === null) return { jwk: null, sealed: null }
  throw new CodedError('key_mismatch', `The key of this database, ${kid}, is not in ${deps.place.path}.`, {
    hint: 'Set LLMSTATUS_KEY_FILE to the file that the servers use, or leave the passphrase out: then the archive has no key.',
  })
}

/** What is to be done about the file of the keys. */
export type KeyPlan =
  | { readonly do: 'nothing'; readonly why: 'held' | 'nobodys' }
  /** The archive's keys, in place of those that are there. */
  | { readonly do: 'write'; readonly seeds: readonly Uint8Array[]; readonly before: readonly Uint8Array[] }
  /** Another key takes over, and every prober enrols again. */
  | { readonly do: 'hand_over' }

export interface KeyWish {
  readonly passphrase: Secret | null
  readonly newKey: 'asked' | 'not_asked'
}

/** Decides, and refuses, before anything is changed. */
export const planKeys = async (deps: KeyDeps, header: Header, wish: KeyWish): Promise<KeyPlan> => {
  if (header.aggregator === null) return { do: 'nothing', why: 'nobodys' }
  const { kid, jwk } = header.aggregator
  const archived = await openedSeeds(header, kid, wish.passphrase)
  const held = await readHeld(deps)
  if (held?.keys.some(key => key.kid === kid) === true) return { do: 'nothing', why: 'held' }
  if (wish.newKey === 'asked') {
    if (jwk !== null) return { do: 'hand_over' }
    throw unusable(
      'The archive was made where the key was not at hand, so no other key can follow it.',
      'Put back the file of the key.',
    )
  }
  if (archived === null) throw keyMissing(header, deps.place)
  if (deps.place.kind === 'own' || held === null) return { do: 'write', seeds: archived, before: held?.seeds ?? [] }
  throw new CodedError(
    'key_mismatch',
    `The archive is of the aggregator ${kid}, and ${deps.place.path} holds another key.`,
    {
      hint: 'That file is yours: move it away, and the key of the archive is written there. Nothing was changed.',
    },
  )
}

const openedSeeds = async (
  { key }: Header,
  kid: string,
  passphrase: Secret | null,
): Promise<readonly Uint8Array[] | null> => {
  if (key === null || passphrase === null) return null
  const seeds = seedsOf(openSealedKey(key, { passphrase, kid }))
  if (seeds !== null) return seeds
  throw unusable('The key in the archive is none.')
}

const keyMissing = ({ key, aggregator }: Header, { path }: KeyPlace): CodedError =>
  new CodedError(
    'key_mismatch',
    `Every prober of this archive trusts the key ${aggregator?.kid}, which is not in ${path}, and ${
      key === null ? 'the archive was made without it' : 'in the archive only sealed'
    }.`,
    {
      hint: `${
        key === null ? '' : 'Give the passphrase with --passphrase-file. Or '
      }put the key's file back to ${path}. Or begin with another key: --new-key, and every prober enrols again. Nothing was changed.`,
    },
  )

/** Before the database is replaced. */
export const prepareKeys = ({ files, place }: KeyDeps, plan: KeyPlan): void => {
  if (plan.do !== 'write') return
  const texts = new Map([...plan.seeds, ...plan.before].map(seed => [Buffer.from(seed).toString('base64url'), seed]))
  if (plan.before.length > 0) writeSeeds(files, `${place.path}.replaced`, plan.before)
  writeSeeds(files, place.path, [...texts.values()])
}

/** After it was. */
export const settleKeys = ({ files, place }: KeyDeps, plan: KeyPlan): void => {
  if (plan.do === 'write') writeSeeds(files, place.path, plan.seeds)
}

/** Where the database stayed what it was. */
export const putKeysBack = ({ files, place }: KeyDeps, plan: KeyPlan): void => {
  if (plan.do !== 'write') return
  if (plan.before.length === 0) files.remove(place.path)
  else writeSeeds(files, place.path, plan.before)
  files.remove(`${place.path}.replaced`)
}

/** The key that takes over; made now, where there is none. */
export const heirOf = async ({ files, random, place }: KeyDeps, plan: KeyPlan): Promise<SigningKey | null> => {
  if (plan.do !== 'hand_over') return null
  const [seed] = keyFile(files, random, place).read()
  return seed === undefined ? null : keyFromSeed(seed)
}
