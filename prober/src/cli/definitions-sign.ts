import { createPrivateKey } from 'node:crypto'
import { sealDefinitionSet, setLimits } from '@llmstatus/shared/definition-set'
import { CodedError } from '@llmstatus/shared/errors'
import { keyFromSeed, type SigningKey } from '@llmstatus/shared/identity'
import { instant } from '@llmstatus/shared/ids'
import { parseYaml } from '@llmstatus/shared/strict-yaml'
import { z } from 'zod'
import { checkPatterns, readDefinition } from '../config/read-definition.ts'
import { readText } from '../config/read-prober-file.ts'
import type { Command, Given } from './command.ts'
import type { Shell } from './shell.ts'

export const definitionsSign: Command = {
  name: 'definitions sign',
  summary: 'makes a signed set of definitions, for an aggregator to hand to its probers',
  about: [
    'The set goes to stdout. Each definition is checked first, as `definitions validate` does; nothing is sent.',
    'A key is made with `openssl genpkey -algorithm ed25519 -out FILE`. What probers list under remote_definitions.keys to trust it is said on stderr.',
    'The number of a set must be higher than that of the one before. Left out, it is the time in seconds.',
  ],
  flags: [
    { name: 'key', takes: 'FILE', summary: 'the private key, PEM; more than once where the key is being changed' },
    { name: 'days', takes: 'N', summary: 'how long the set is good, 1 to 30; 30 where it is left out' },
    { name: 'number', takes: 'N', summary: "the set's version" },
  ],
  words: 'FILE…',
  example: 'llmstatus-prober definitions sign --key publisher.pem probes/*.yaml > set.json',
  run: async (shell, _flags, given) => {
    const files = given.values('key')
    if (given.words.length === 0 || files.length === 0)
      throw new CodedError('usage', 'definitions sign wants --key FILE, and at least one definition.', {
        hint: definitionsSign.example,
      })
    const signers = await Promise.all(files.map(file => keyIn(shell, file)))
    const nowMs = shell.nowMs()
    const days = numberOf(given, 'days', { most: 30, otherwise: 30 })
    const version = numberOf(given, 'number', { most: Number.MAX_SAFE_INTEGER, otherwise: Math.floor(nowMs / 1000) })
    const expires = instant(nowMs + days * 86_400_000)
    const definitions = await Promise.all(given.words.map(file => definitionIn(shell, file)))
    shell.out(`${await sealed(signers, { version, expires, definitions })}\n`)
    const names = signers.map(({ jwk }) => `ed25519:${jwk.x}`).join(' and ')
    shell.err(`version ${version}, good until ${expires}, signed by ${names}\n`)
    return 0
  },
}

const numberOf = (given: Given, flag: string, is: { readonly most: number; readonly otherwise: number }): number => {
  const written = given.values(flag).at(-1)
  if (written === undefined) return is.otherwise
  const number = /^[1-9]\d{0,15}$/.test(written) ? Number(written) : Number.NaN
  if (number <= is.most) return number
  throw new CodedError('usage', `--${flag}: is not a whole number from 1 to ${is.most}`)
}

const keyIn = async (shell: Shell, file: string): Promise<SigningKey> => {
  const text = readText(shell.folder.readFile, file, '--key')
  const seed = seedIn(text)
  if (seed !== null) return keyFromSeed(seed)
  throw new CodedError('config_invalid', `--key: ${file} holds no Ed25519 private key`, {
    hint: 'make one: openssl genpkey -algorithm ed25519 -out publisher.pem',
  })
}

const seedIn = (text: string): Buffer | null => {
  try {
    const { crv, d = '' } = createPrivateKey(text).export({ format: 'jwk' })
    return crv === 'Ed25519' ? Buffer.from(d, 'base64url') : null
  } catch {
    return null
  }
}

/** As it is written: what travels is read by the prober that runs it, by its own rules. */
const definitionIn = async (shell: Shell, file: string): Promise<Record<string, unknown>> => {
  const text = readText(shell.folder.readFile, file, 'definitions sign')
  await checkPatterns([readDefinition(text, file)])
  return parseYaml(z.record(z.string(), z.unknown()), text, file)
}

const sealed = async (...[signers, set]: Parameters<typeof sealDefinitionSet>): Promise<string> => {
  try {
    return await sealDefinitionSet(signers, set)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new CodedError('config_invalid', error.message, {
      hint: `A set holds at most ${setLimits.definitions} definitions and 1 MiB, and each key signs once.`,
    })
  }
}
