import { CodedError } from '@llmstatus/shared/errors'
import { keyFromJwk, keyFromSeed, PublicJwk, type SigningKey, type VerifyingKey } from '@llmstatus/shared/identity'
import { Instant, ProberId, Thumbprint } from '@llmstatus/shared/ids'
import { z } from 'zod'
import { type Files, replaceFile } from '../spool/files.ts'

/**
 * Who this prober is, and whom it trusts: `identity.json` in the data folder, readable by this user only.
 *
 * Invariants
 * - The key is made here and never leaves. The aggregator's key is pinned by the enrolment, and followed by another only
 *   by its own word.
 * - `identity.json` appears whole, at the end of an enrolment, and is replaced whole. Until then the seed is in
 *   `enrolling.json`, so that an enrolment whose answer was lost is asked for again with the same key, and is the same one.
 * - A key that is to follow is here before anybody hears of it, and the one before it stays until the new one is in
 *   force: that moment is in the spool's state, and this file may be late to say it.
 */
export interface Identity {
  readonly prober: ProberId
  readonly key: SigningKey
  readonly keySince: string
  /** Made, and not known to be in force. */
  readonly successor: SigningKey | null
  /** Own keys that were in force, the oldest first. */
  readonly former: readonly VerifyingKey[]
  readonly aggregator: {
    readonly url: string
    readonly key: VerifyingKey
    /** Named by the one in force, and not yet heard of again. */
    readonly next: VerifyingKey | null
    readonly former: readonly VerifyingKey[]
  }
  readonly enrolledAt: string
}

const Seed = z.string().regex(/^[A-Za-z0-9_-]{43}$/)

const IdentityFile = z.strictObject({
  v: z.literal(1),
  prober_id: ProberId,
  seed: Seed,
  key_since: Instant.optional(),
  successor: z.strictObject({ seed: Seed, since: Instant }).optional(),
  former: z.array(PublicJwk).optional(),
  aggregator: z.strictObject({
    url: z.url({ protocol: /^https?$/ }),
    jwk: PublicJwk,
    kid: Thumbprint,
    next: PublicJwk.optional(),
    former: z.array(PublicJwk).optional(),
  }),
  enrolled_at: Instant,
})
export type IdentityFile = z.infer<typeof IdentityFile>

const EnrollingFile = z.strictObject({ v: z.literal(1), seed: Seed })

const identityName = 'identity.json'
const enrollingName = 'enrolling.json'

/** Null where there is none yet. */
export const loadIdentity = async (files: Files): Promise<Identity | null> => {
  const file = await readIdentity(files)
  return file === null ? null : identityOf(file)
}

const readIdentity = async (files: Files): Promise<IdentityFile | null> => {
  const text = await readIfThere(files, identityName)
  if (text === null) return null
  const file = parse(IdentityFile, text)
  if (file !== null && (await keyFromJwk(file.aggregator.jwk)).kid === file.aggregator.kid) return file
  throw new CodedError('data_dir_unusable', `${identityName} in the data folder is damaged`, {
    hint: 'Restore it from a backup, or delete it and enrol this prober again with a new token.',
  })
}

const identityOf = async (file: IdentityFile): Promise<Identity> => ({
  prober: file.prober_id,
  key: await keyOf(file.seed),
  keySince: file.key_since ?? file.enrolled_at,
  successor: file.successor === undefined ? null : await keyOf(file.successor.seed),
  former: await keysOf(file.former),
  aggregator: {
    url: file.aggregator.url,
    key: await keyFromJwk(file.aggregator.jwk),
    next: file.aggregator.next === undefined ? null : await keyFromJwk(file.aggregator.next),
    former: await keysOf(file.aggregator.former),
  },
  enrolledAt: file.enrolled_at,
})

export const keyOf = (seed: string): Promise<SigningKey> => keyFromSeed(Buffer.from(seed, 'base64url'))

const keysOf = (jwks: readonly PublicJwk[] = []): Promise<VerifyingKey[]> => Promise.all(jwks.map(keyFromJwk))

/** Whom an enrolment made us. */
export interface Enrolled {
  readonly prober: ProberId
  readonly aggregator: { readonly url: string; readonly key: VerifyingKey }
  readonly enrolledAt: string
}

export const saveIdentity = async (files: Files, enrolled: Enrolled, seed: Uint8Array): Promise<Identity> => {
  const { jwk, kid } = enrolled.aggregator.key
  const file: IdentityFile = {
    v: 1,
    prober_id: enrolled.prober,
    seed: Buffer.from(seed).toString('base64url'),
    key_since: enrolled.enrolledAt,
    aggregator: { url: enrolled.aggregator.url, jwk, kid },
    enrolled_at: enrolled.enrolledAt,
  }
  await write(files, file)
  await files.remove(enrollingName)
  return identityOf(file)
}

/** Changes what is there, whole, and gives back what it says then. */
export const changeIdentity = async (
  files: Files,
  change: (file: IdentityFile) => IdentityFile | Promise<IdentityFile>,
): Promise<Identity> => {
  const file = await readIdentity(files)
  if (file === null) throw new Error(`${identityName} is gone`)
  const changed = await change(file)
  await write(files, changed)
  return identityOf(changed)
}

const write = (files: Files, file: IdentityFile): Promise<void> =>
  replaceFile(files, identityName, Buffer.from(`${JSON.stringify(file, null, 2)}\n`))

/** The seed of an enrolment that has begun, or a new one, kept before it is used. */
export const enrollingSeed = async (files: Files, newSeed: () => Uint8Array): Promise<Uint8Array> => {
  const text = await readIfThere(files, enrollingName)
  const begun = text === null ? null : parse(EnrollingFile, text)
  if (begun !== null) return Buffer.from(begun.seed, 'base64url')
  const seed = newSeed()
  const file = { v: 1, seed: Buffer.from(seed).toString('base64url') }
  await replaceFile(files, enrollingName, Buffer.from(`${JSON.stringify(file)}\n`))
  return seed
}

/** Refused for good: nothing of it stays. */
export const forgetEnrolling = (files: Files): Promise<void> => files.remove(enrollingName)

const readIfThere = async (files: Files, name: string): Promise<string | null> => {
  const there = (await files.list()).some(file => file.name === name)
  return there ? (await files.read(name)).toString('utf8') : null
}

const parse = <T>(schema: z.ZodType<T>, text: string): T | null => {
  try {
    const parsed = schema.safeParse(JSON.parse(text))
    return parsed.success ? parsed.data : null
  } catch {
    return null
  }
}
