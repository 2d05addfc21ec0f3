import { CodedError } from '@llmstatus/shared/errors'
import { keyFromSeed, type SigningKey } from '@llmstatus/shared/identity'
import { errnoOf, type Files } from './files.ts'

/**
 * The aggregator's key: its 32-byte seed in base64url, one line, 0600. Probers pin it, so a lost one means that every
 * prober must enrol again.
 */
export interface KeyPlace {
  readonly path: string
  /** own: made on the first start · given: it must be there */
  readonly kind: 'own' | 'given'
}

export const loadKey = async (
  files: Files,
  random: (bytes: number) => Uint8Array,
  place: KeyPlace,
): Promise<SigningKey> => keyFromSeed(readSeed(files, place) ?? makeSeed(files, random, place.path))

const readSeed = (files: Files, place: KeyPlace): Uint8Array | null => {
  let text: string
  try {
    text = files.read(place.path).trim()
  } catch (cause) {
    if (place.kind === 'own' && errnoOf(cause) === 'ENOENT') return null
    throw new CodedError(
      'secret_unreadable',
      `The aggregator's key ${place.path} cannot be read (${errnoOf(cause)}).`,
      {
        hint: 'LLMSTATUS_KEY_FILE names a file with 32 random bytes in base64url on one line: openssl rand 32 | basenc --base64url | tr -d =',
        cause,
      },
    )
  }
  if (/^[A-Za-z0-9_-]{43}$/.test(text)) return Buffer.from(text, 'base64url')
  throw new CodedError('secret_unreadable', `The aggregator's key ${place.path} is not 32 bytes in base64url.`, {
    hint: 'Put back the file that was made on the first start: probers trust no other key.',
  })
}

const makeSeed = (files: Files, random: (bytes: number) => Uint8Array, path: string): Uint8Array => {
  const seed = random(32)
  files.create(path, `${Buffer.from(seed).toString('base64url')}\n`)
  return seed
}
