import { CodedError } from './errors.ts'
import { Secret } from './secret.ts'

/**
 * A secret stands in NAME, or in the file that NAME_FILE names. Its content never reaches a message: an error names the
 * variable and the path.
 */

export type Env = Readonly<Record<string, string | undefined>>
export type ReadFile = (path: string) => string

/** Null where it is not set. Set but empty counts as not set: compose files pass `NAME=` for what nobody filled in. */
export const readSecret = (env: Env, readFile: ReadFile, name: string): Secret | null => {
  const value = readSecretText(env, readFile, name)
  return value === null ? null : new Secret(value)
}

/** For the one caller that must look at the text to check its form before it wraps it. */
export const readSecretText = (env: Env, readFile: ReadFile, name: string): string | null => {
  const direct = env[name] || null
  const file = env[`${name}_FILE`] || null
  if (direct !== null && file !== null)
    throw new CodedError('config_invalid', `${name} and ${name}_FILE are both set`, { hint: 'keep one of them' })
  if (direct !== null) return checkSecret(direct, name)
  return file === null ? null : readSecretFile(readFile, file, `${name}_FILE`)
}

/** `where` says who names this file: a variable, or a place in a configuration file. */
export const readSecretFile = (readFile: ReadFile, path: string, where: string): string => {
  const content = readOrExplain(readFile, path, where).replace(/\r?\n$/, '')
  if (content === '') throw new CodedError('secret_unreadable', `${where}: ${path} is empty`)
  return checkSecret(content, `${where}: ${path}`)
}

const readOrExplain = (readFile: ReadFile, path: string, where: string): string => {
  try {
    return readFile(path)
  } catch (cause) {
    const reason = reasonOf(cause)
    throw new CodedError('secret_unreadable', `${where}: cannot read ${path} (${reason})`, {
      hint: hints[reason],
      cause,
    })
  }
}

const reasonOf = (cause: unknown): string =>
  cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable'

const hints: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file; is the secret mounted?',
  EACCES: 'this user may not read it; see the owner and mode of the file and its folders',
  EISDIR: 'it is a folder; name the file inside it',
}

/** It becomes a header or a URL, so a line break in it could become a second header. */
export const checkSecret = (text: string, where: string): string => {
  if (/^[\x21-\x7e]+$/.test(text)) return text
  throw new CodedError('config_invalid', `${where}: holds a space, a line break or another character that no key has`, {
    hint: 'paste the key again, alone and on one line',
  })
}
