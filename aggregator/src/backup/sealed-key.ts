import { createCipheriv, createDecipheriv, scryptSync } from 'node:crypto'
import { reveal, type Secret } from '@llmstatus/shared/secret'
import { type SealedKey, unusable } from './archive.ts'

/**
 * The aggregator's keys under a passphrase: scrypt, then AES-256-GCM.
 *
 * Invariants
 * - Whose keys they are and the parameters are authenticated with them, so a sealed key cannot be moved into the archive of
 *   another aggregator, nor its cost lowered.
 * - Salt and nonce are new each time: no key of the cipher is ever used twice.
 */

/** 128 MiB and half a second for each guess. */
const cost = { n: 1 << 17, r: 8, p: 1 } as const
const tagBytes = 16

interface Sealing {
  readonly passphrase: Secret
  /** The aggregator's name, as the header says it. */
  readonly kid: string
}

export const sealKey = (
  text: string,
  { passphrase, kid }: Sealing,
  random: (bytes: number) => Uint8Array,
): SealedKey => {
  const salt = random(16)
  const nonce = random(12)
  const head = {
    kdf: 'scrypt',
    ...cost,
    salt: base64url(salt),
    cipher: 'aes-256-gcm',
    nonce: base64url(nonce),
  } as const
  const cipher = createCipheriv('aes-256-gcm', keyOf(passphrase, { ...cost, salt }), nonce)
  cipher.setAAD(contextOf(head, kid))
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
  return { ...head, sealed: base64url(sealed) }
}

export const openSealedKey = (sealed: SealedKey, { passphrase, kid }: Sealing): string => {
  const bytes = Buffer.from(sealed.sealed, 'base64url')
  const salt = Buffer.from(sealed.salt, 'base64url')
  try {
    const key = keyOf(passphrase, { n: sealed.n, r: sealed.r, p: sealed.p, salt })
    const nonce = Buffer.from(sealed.nonce, 'base64url')
    const opened = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes })
    opened.setAAD(contextOf(sealed, kid))
    opened.setAuthTag(bytes.subarray(-tagBytes))
    return Buffer.concat([opened.update(bytes.subarray(0, -tagBytes)), opened.final()]).toString('utf8')
  } catch {
    throw unusable('The passphrase is not the one that this archive was made with.', 'Nothing was changed.')
  }
}

const keyOf = (
  passphrase: Secret,
  { n, r, p, salt }: { readonly n: number; readonly r: number; readonly p: number; readonly salt: Uint8Array },
): Buffer => scryptSync(reveal(passphrase), salt, 32, { N: n, r, p, maxmem: 256 * n * r })

const contextOf = ({ kdf, n, r, p, cipher }: Omit<SealedKey, 'sealed' | 'salt' | 'nonce'>, kid: string): Buffer =>
  Buffer.from(`llmstatus backup key 1\n${kid}\n${kdf} ${n} ${r} ${p}\n${cipher}`)

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')
