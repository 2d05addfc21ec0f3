import { type GeneralJWS, GeneralSign } from 'jose'
import { z } from 'zod'
import { Instant, type Thumbprint } from './ids.ts'
import { headerOf, isCanonical, openJws, readProtected, types } from './jws.ts'
import type { SigningKey, VerifyingKey } from './keys.ts'
import { describe } from './strict.ts'

/**
 * Probe definitions that come over the network: `GET /api/v1/definitions` answers with a General JWS, one signature a
 * key, over `{v, version, expires, definitions[]}`.
 *
 * Invariants
 * - Size → envelope → signature → shape → time. Nothing that no trusted key signed is read, and the keys are those of the
 *   caller: a header names one of them or nothing.
 * - A signature that claims a trusted key must hold, also where another one does. Those of other keys are not looked at:
 *   a publisher who changes keys signs with both for a while.
 * - A set is its payload. Every change of it, a later `expires` too, is a higher version; there is no other order.
 * - What stands in `definitions` is not read here. Whoever runs one reads it as strictly as a file of its own.
 */
export const definitionsPath = '/api/v1/definitions'
/** Of what the door answers. */
export const definitionsType = 'application/jose+json'

export const setVersion = 1

const dayMs = 86_400_000

export const setLimits = {
  textBytes: 1 << 20,
  definitions: 500,
  signatures: 8,
  /** Who signs looks again within a month: a set that never ends could be served for ever in place of its successors. */
  lifeMs: 30 * dayMs,
  /** Clocks differ; a day of it is no reason to refuse. */
  slackMs: dayMs,
} as const

const Payload = z.strictObject({
  v: z.literal(setVersion),
  version: z.int().min(1),
  expires: Instant,
  definitions: z.array(z.record(z.string(), z.unknown())),
})

export interface DefinitionSet {
  readonly version: number
  /** RFC 3339. Behind it the set is stale: what runs keeps running, and nobody takes it anew. */
  readonly expires: string
  readonly definitions: readonly Readonly<Record<string, unknown>>[]
}

export interface VerifiedSet extends DefinitionSet {
  /** The trusted keys that signed it. */
  readonly signers: readonly Thumbprint[]
  /** What was signed, to compare: two sets of one version are the same set or a contradiction. */
  readonly payload: string
}

/**
 * too_large: over 1 MiB, or 500 definitions · malformed: no set at all, or none that can be read in one way only ·
 * untrusted_key: no listed key signed it · bad_signature: one of them did not · expired: its time is over ·
 * lives_too_long: it ends more than a month from now
 */
export const setRefusals = [
  'too_large',
  'malformed',
  'untrusted_key',
  'bad_signature',
  'expired',
  'lives_too_long',
] as const
export type SetRefusal = (typeof setRefusals)[number]

export interface RefusedSet {
  readonly ok: false
  readonly reason: SetRefusal
  readonly detail: string
}

export type OpenedSet = { readonly ok: true; readonly set: VerifiedSet } | RefusedSet

const refuse = (reason: SetRefusal, detail: string): RefusedSet => ({ ok: false, reason, detail })

const Part = z.strictObject({ protected: z.string().max(512), signature: z.string().max(128) })
const Envelope = z.strictObject({ payload: z.string(), signatures: z.array(Part).min(1).max(setLimits.signatures) })

/** One that is offered now: its signature, its shape and its time. */
export const openDefinitionSet = async (
  text: string,
  trusted: readonly VerifyingKey[],
  nowMs: number,
): Promise<OpenedSet> => {
  const opened = await verifyDefinitionSet(text, trusted)
  if (!opened.ok) return opened
  const leftMs = Date.parse(opened.set.expires) - nowMs
  if (leftMs <= 0) return refuse('expired', `it ended at ${opened.set.expires}`)
  if (leftMs > setLimits.lifeMs + setLimits.slackMs)
    return refuse('lives_too_long', `it would end at ${opened.set.expires}, more than 30 days from now`)
  return opened
}

/** One that was taken before, whatever the time is now. */
export const verifyDefinitionSet = async (text: string, trusted: readonly VerifyingKey[]): Promise<OpenedSet> => {
  if (Buffer.byteLength(text) > setLimits.textBytes) return refuse('too_large', 'more than 1 MiB')
  const envelope = readEnvelope(text)
  if (envelope === null) return refuse('malformed', 'not a General JWS of ours')
  const parts = envelope.signatures.map(part => ({ ...part, header: readProtected(part.protected) }))
  if (parts.some(({ header }) => header?.typ !== types.definitions))
    return refuse('malformed', 'a protected header is not exactly alg, typ and kid of ours')
  if (new Set(parts.map(({ header }) => header?.kid)).size < parts.length)
    return refuse('malformed', 'two signatures of one key')
  const listed = parts.flatMap(part => {
    const key = trusted.find(({ kid }) => kid === part.header?.kid)
    return key === undefined ? [] : [{ key, jws: `${part.protected}.${envelope.payload}.${part.signature}` }]
  })
  if (listed.length === 0) return refuse('untrusted_key', 'signed by no key that is listed here')
  let value: unknown
  for (const { key, jws } of listed) {
    const signed = await openJws(key, types.definitions, jws)
    if (!signed.ok && signed.why === 'unsigned')
      return refuse('bad_signature', `the signature of ${key.kid} does not hold`)
    if (!signed.ok) return refuse('malformed', 'not the one JSON text of what it says')
    value = signed.value
  }
  return readPayload(value, {
    payload: envelope.payload,
    signers: listed.map(({ key }) => key.kid),
  })
}

const readEnvelope = (text: string): z.infer<typeof Envelope> | null => {
  try {
    const envelope = Envelope.safeParse(JSON.parse(text))
    return envelope.success && isCanonical(envelope.data.payload) ? envelope.data : null
  } catch {
    return null
  }
}

const readPayload = (value: unknown, signed: Pick<VerifiedSet, 'payload' | 'signers'>): OpenedSet => {
  const read = Payload.safeParse(value)
  if (!read.success) return refuse('malformed', describe(read.error))
  const { version, expires, definitions } = read.data
  if (definitions.length > setLimits.definitions)
    return refuse('too_large', `${definitions.length} definitions, more than ${setLimits.definitions}`)
  return { ok: true, set: { version, expires, definitions, ...signed } }
}

/** Signs as bytes what its openers read; one that they would refuse is a mistake of the caller. */
export const sealDefinitionSet = async (signers: readonly SigningKey[], set: DefinitionSet): Promise<string> => {
  const { version, expires, definitions } = set
  const payload = Payload.parse({ v: setVersion, version, expires, definitions })
  const jws = new GeneralSign(Buffer.from(JSON.stringify(payload)))
  for (const signer of signers)
    jws.addSignature(signer.privateKey).setProtectedHeader(headerOf(signer, types.definitions))
  const sealed: GeneralJWS = await jws.sign()
  const text = JSON.stringify(sealed)
  const opened = await verifyDefinitionSet(text, signers)
  if (!opened.ok) throw new RangeError(`this set would be refused: ${opened.detail}`)
  return text
}
