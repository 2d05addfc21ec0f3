import { CodedError } from '@llmstatus/shared/errors'
import { keyFromJwk, keyFromSeed, PublicJwk, type SigningKey, type VerifyingKey } from '@llmstatus/shared/identity'
import { Instant, ProberId, Thumbprint } from '@llmstatus/shared/ids'
import { z } from 'zod'
import { type Files, replaceFile } from '../spool/files.ts'

/**
 * Who this prober is, and whom it trusts: `identity.json` in the data folder, readable by this user only.
 *
 * Invariants
 * - The key is made here and never leaves. The aggregator's key is pinned by the enrolment and never learnt again.
 * - `identity.json` appears whole, at the end of an enrolment. Until then the seed is in `enrolling.json`, so that an
 *   enrolment whose answer was lost is asked for again with the same key, and is the same enrolment.
 */
export interface Identity {
  readonly prober: ProberId
  readonly key: SigningKey
  readonly aggregator: { readonly url: string; readonly key: VerifyingKey }
  readonly enrolledAt: string
}

const Seed = z.string().regex(/^[A-Za-z0-9_-]{43}$/)

const IdentityFile = z.strictObject({
  v: z.literal(1),
  prober_id: ProberId,
  seed: Seed,
  aggregator: z.strictObject({ url: z.url({ protocol: /^https?$/ }), jwk: PublicJwk, kid: Thumbprint }),
  enrolled_at: Instant,
})

const EnrollingFile = z.strictObject({ v: z.literal(1), seed: Seed })

const identityName = 'identity.json'
const enrollingName = 'enrolling.json'

/** Null where there is none yet. */
export const loadIdentity = async (files: Files): Promise<Identity | null> => {
  const text = await readIfThere(files, identityName)
  if (text === null) return null
  const file = parse(IdentityFile, text)
  const aggregatorKey = file === null ? null : await keyFromJwk(file.aggregator.jwk)
  if (file === null || aggregatorKey?.kid !== file.aggregator.kid)
    throw new CodedError('data_dir_unusable', `${identityName} in the data folder is damaged`, {
      hint: 'Restore it from a backup, or delete it and enrol this prober again with a new token.',
    })
  return {
    prober: file.prober_id,
    key: await keyFromSeed(Buffer.from(file.seed, 'base64url')),
    aggregator: { url: file.aggregator.url, key: aggregatorKey },
    enrolledAt: file.enrolled_at,
  }
}

export const saveIdentity = async (files: Files, identity: Omit<Identity, 'key'>, seed: Uint8Array): Promise<void> => {
  const { jwk, kid } = identity.aggregator.key
  const file: z.input<typeof IdentityFile> = {
    v: 1,
    prober_id: identity.prober,
    seed: Buffer.from(seed).toString('base64url'),
    aggregator: { url: identity.aggregator.url, jwk, kid },
    enrolled_at: identity.enrolledAt,
  }
  await replaceFile(files, identityName, Buffer.from(`${JSON.stringify(file, null, 2)}\n`))
  await files.remove(enrollingName)
}

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
