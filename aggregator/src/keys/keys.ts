import { CodedError } from '@llmstatus/shared/errors'
import { keyFromSeed, type SigningKey } from '@llmstatus/shared/identity'
import type { Store } from '../db/store.ts'
import { type KeyRing, makeRing } from './key-ring.ts'
import { claimDatabase, readKeyRows, writeSuccession } from './key-rows.ts'

/** Where the seeds are. */
export interface KeyFile {
  readonly path: string
  /** own: ours to write · given: from outside, the same for every replica */
  readonly kind: 'own' | 'given'
  /** At least one. */
  readonly read: () => readonly Uint8Array[]
  /** A new one, on the disk when this returns. Only where it is ours. */
  readonly add: () => void
}

export interface Keys {
  /** As it was a few seconds ago at most. */
  readonly ring: () => Promise<KeyRing>
  /** As it is. */
  readonly fresh: () => Promise<KeyRing>
  /** The next key comes into force, and the one before is taken for seven days more. */
  readonly rotate: () => Promise<KeyRing>
  readonly file: Pick<KeyFile, 'path' | 'kind'>
}

export interface KeysDeps {
  readonly db: Store['db']
  readonly clock: { readonly nowMs: () => number }
  readonly file: KeyFile
}

const refreshMs = 10_000
/** As long as a spool goes back. */
export const takenForMs = 7 * 86_400_000

/**
 * A database belongs to one aggregator: one with another key would answer every batch with 422, and a prober gives up what
 * is refused so: better not to start.
 */
export const openKeys = async ({ db, clock, file }: KeysDeps): Promise<Keys> => {
  const held = await heldIn(file)
  await claimDatabase(db, (held[0] as SigningKey).kid, clock.nowMs())
  let ring = await readRing(db, held)
  let readMs = clock.nowMs()
  const fresh = async (): Promise<KeyRing> => {
    const held = await heldIn(file).catch(error => asBefore(ring, error))
    const rows = await readKeyRows(db)
    // while this replica's file lacks the key in force, it serves on with what it has, and sends the rest elsewhere
    ring = (await makeRing({ held, ...rows })) ?? { ...ring, names: [...new Set([...ring.names, rows.inForce])] }
    readMs = clock.nowMs()
    return ring
  }
  return {
    file,
    fresh,
    ring: () => (Math.abs(clock.nowMs() - readMs) < refreshMs ? Promise.resolve(ring) : fresh()),
    rotate: async () => {
      const now = await readRing(db, await heldIn(file))
      const to = await nextKey(now, file)
      const nowMs = clock.nowMs()
      const done = await writeSuccession(db, { from: now.inForce, to, nowMs, untilMs: nowMs + takenForMs })
      if (!done) throw new CodedError('usage', 'Somebody else rotated the key at the same time.', { hint: showHint })
      return fresh()
    },
  }
}

const showHint = 'See `key show`.'

const heldIn = (file: KeyFile): Promise<readonly SigningKey[]> =>
  Promise.all(file.read().map(seed => keyFromSeed(seed)))

const readRing = async (db: Store['db'], held: readonly SigningKey[]): Promise<KeyRing> => {
  const rows = await readKeyRows(db)
  const ring = await makeRing({ held, ...rows })
  if (ring !== null) return ring
  const ours = held.map(key => key.kid).join(', ')
  throw new CodedError(
    'key_mismatch',
    `The database belongs to the aggregator ${rows.inForce}, and this key is ${ours}.`,
    {
      hint: 'Give every replica the same LLMSTATUS_KEY_FILE: the one that the database was first used with, and what was added to it.',
    },
  )
}

/** A file that somebody is writing just now is read again soon. */
const asBefore = ({ held }: KeyRing, error: unknown): readonly SigningKey[] => {
  if (error instanceof CodedError) return held
  throw error
}

/** One that is held and was never in force: the operator's, or one that an interrupted rotation left. */
const nextKey = async (ring: KeyRing, file: KeyFile): Promise<SigningKey> => {
  const waiting = candidates(ring)
  if (waiting.length > 1)
    throw new CodedError('usage', `${file.path} holds ${waiting.length} keys that were never in force.`, {
      hint: 'Leave the one in it that shall be next.',
    })
  if (waiting[0] !== undefined) return waiting[0]
  if (file.kind === 'given')
    throw new CodedError('usage', `${file.path} holds no next key.`, {
      hint: 'Add a line with 32 random bytes in base64url to the file of every replica (openssl rand 32 | basenc --base64url | tr -d =), keep the lines before it, restart them one by one, and run this again.',
    })
  file.add()
  const made = candidates({ ...ring, held: await heldIn(file) })[0]
  if (made === undefined) throw new Error('a key was made, and is not there')
  return made
}

export const candidates = ({ held, inForce, former }: KeyRing): readonly SigningKey[] =>
  held.filter(key => key.kid !== inForce.kid && !former.some(one => one.kid === key.kid))
