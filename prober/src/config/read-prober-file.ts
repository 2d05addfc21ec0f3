import { dirname, isAbsolute, join } from 'node:path'
import { CodedError } from '@llmstatus/shared/errors'
import { ProberFile } from '@llmstatus/shared/prober-config'
import { type Env, type ReadFile, readSecret, readSecretFile } from '@llmstatus/shared/read-secret'
import { Secret } from '@llmstatus/shared/secret'
import { type Placed, readYaml } from '@llmstatus/shared/strict-yaml'

/** prober.yaml, with the way to whatever it names: other files are found beside it. */
export interface LoadedFile extends Placed<ProberFile> {
  readonly path: string
}

/** A place in prober.yaml, such as `['credentials', 0, 'secret']`. */
export type At = readonly (string | number)[]

export const readProberFile = (readFile: ReadFile, path: string, where: string): LoadedFile => ({
  path,
  ...readYaml(ProberFile, readText(readFile, path, where), path),
})

export const beside = (file: LoadedFile, path: string): string =>
  isAbsolute(path) ? path : join(dirname(file.path), path)

/** `where` names who asked for it: a variable, or a place in a file. */
export const readText = (readFile: ReadFile, path: string, where: string): string => {
  try {
    return readFile(path)
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable'
    const isDenied = reason === 'ERR_ACCESS_DENIED'
    throw new CodedError('config_invalid', `${where}: cannot read ${path} (${reason})`, {
      ...(isDenied ? { hint: "Node's permission model does not list it: add --allow-fs-read for it" } : {}),
      cause,
    })
  }
}

export const readPem = (readFile: ReadFile, path: string, where: string): string => {
  const text = readText(readFile, path, where)
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text
  throw new CodedError('config_invalid', `${where}: ${path} holds no certificate`, {
    hint: 'it is a PEM file: -----BEGIN CERTIFICATE-----',
  })
}

export interface CaBeside {
  readonly at: At
  readonly caFile: string | undefined
  readonly otherwise: string | null
}

/** The authorities that `ca_file` names beside an origin, else the usual ones. */
export const caBeside = (
  { readFile }: { readonly readFile: ReadFile },
  file: LoadedFile,
  { at, caFile, otherwise }: CaBeside,
): string | null =>
  caFile === undefined ? otherwise : readPem(readFile, beside(file, caFile), file.where([...at, 'ca_file']))

/** `env:NAME` or `file:/path`, of a credential or a target. */
export const secretAt = (
  file: LoadedFile,
  at: At,
  { env, readFile, source }: { readonly env: Env; readonly readFile: ReadFile; readonly source: string },
): Secret => {
  const name = source.slice(source.indexOf(':') + 1)
  if (source.startsWith('file:')) return new Secret(readSecretFile(readFile, beside(file, name), file.where(at)))
  const secret = readSecret(env, readFile, name)
  if (secret === null) throw file.wrong(at, `${name} is not set`, 'set it, or take this entry out')
  return secret
}
