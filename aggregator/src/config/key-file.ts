import { CodedError } from '@llmstatus/shared/errors'
import type { KeyFile } from '../keys/keys.ts'
import { errnoOf, type Files } from './files.ts'

/**
 * The aggregator's keys: a 32-byte seed in base64url a line, 0600, the oldest first. Probers pin them, so lost ones mean
 * that every prober must enrol again.
 *
 * Invariants
 * - What is at this path is always whole: it is written under another name, flushed, and put in place.
 * - A line that was there stays there: old receipts are verified with it, and old tokens answered.
 */
export interface KeyPlace {
  readonly path: string
  /** own: made on the first start · given: it must be there */
  readonly kind: 'own' | 'given'
}

export const keyFile = (files: Files, random: (bytes: number) => Uint8Array, place: KeyPlace): KeyFile => {
  const fresh = (): string => `${Buffer.from(random(32)).toString('base64url')}\n`
  return {
    ...place,
    read: () => readSeeds(files, place) ?? makeFile(files, place, fresh()),
    add: () => {
      if (place.kind === 'given') throw new Error(`${place.path} is not ours to write`)
      const there = files.read(place.path)
      writeWhole(files, place.path, draft => {
        files.write(draft, `${there.replace(/\n*$/, '\n')}${fresh()}`)
        files.rename(draft, place.path)
      })
    },
  }
}

/** These and no others, oldest first: what a restore puts in place of what was there. */
export const writeSeeds = (files: Files, path: string, seeds: readonly Uint8Array[]): void => {
  const text = seedText(seeds)
  writeWhole(files, path, draft => {
    files.write(draft, text)
    files.rename(draft, path)
  })
}

export const seedText = (seeds: readonly Uint8Array[]): string =>
  seeds.map(seed => `${Buffer.from(seed).toString('base64url')}\n`).join('')

/** The text of such a file; null where it is none. */
export const seedsOf = (text: string): readonly Uint8Array[] | null => {
  const seeds = text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '')
  if (seeds.length === 0 || !seeds.every(isSeed) || new Set(seeds).size !== seeds.length) return null
  return seeds.map(seed => Buffer.from(seed, 'base64url'))
}

const isSeed = (line: string): boolean => /^[A-Za-z0-9_-]{43}$/.test(line)

const readSeeds = (files: Files, place: KeyPlace): readonly Uint8Array[] | null => {
  let text: string
  try {
    text = files.read(place.path)
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
  const seeds = seedsOf(text)
  if (seeds !== null) return seeds
  throw new CodedError(
    'secret_unreadable',
    `The aggregator's key ${place.path} is not 32 bytes in base64url, once on each line.`,
    { hint: 'Put back the file that was made on the first start: probers trust no other key.' },
  )
}

/** Of any number of first starts at once, one makes it, and all read that one. */
const makeFile = (files: Files, place: KeyPlace, text: string): readonly Uint8Array[] => {
  writeWhole(files, place.path, draft => {
    files.write(draft, text)
    try {
      files.link(draft, place.path)
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') throw error
    }
    files.remove(draft)
  })
  const seeds = readSeeds(files, place)
  if (seeds === null) throw new Error(`${place.path} was made, and is not there`)
  return seeds
}

const writeWhole = (files: Files, path: string, write: (draft: string) => void): void => {
  const draft = `${path}.new`
  files.remove(draft)
  write(draft)
  files.settle(path)
}
