import { suggest } from '@llmstatus/shared/did-you-mean'
import { CodedError } from '@llmstatus/shared/errors'
import type { ProviderFile } from '@llmstatus/shared/provider-file'
import { type Env, type ReadFile, readSecret } from '@llmstatus/shared/read-secret'
import type { Secret } from '@llmstatus/shared/secret'
import { keyFrom } from './sign-in.ts'

/**
 * Keys are found under the names that the provider files list, each also as NAME_FILE. A name that means many things
 * (GITHUB_TOKEN) is used only when LLMSTATUS_USE says so: being set is not being meant for this.
 */

export interface FoundKey {
  readonly provider: string
  readonly variable: string
  readonly secret: Secret
  /** What else of the file's `secrets` is there. */
  readonly beside: ReadonlyMap<string, Secret>
}

export interface FoundKeys {
  readonly keys: readonly FoundKey[]
  readonly notes: readonly string[]
}

interface Where {
  readonly env: Env
  readonly readFile: ReadFile
  readonly providers: Iterable<ProviderFile>
  /** Providers that the configuration file has a credential for. */
  readonly settled: ReadonlySet<string>
  /** What LLMSTATUS_USE names. */
  readonly use: readonly string[]
}

export const findKeys = ({ env, readFile, providers, settled, use }: Where): FoundKeys => {
  const files = [...providers]
  checkUse(files, use)
  const keys: FoundKey[] = []
  const notes: string[] = []
  for (const file of files.filter(({ id }) => !settled.has(id))) {
    const isSet = (name: string) => Boolean(env[name] || env[`${name}_FILE`])
    const isUsable = (name: string) => !isGeneral(file, name) || use.includes(name)
    const [first, ...others] = file.env.filter(name => isSet(name) && isUsable(name))
    const secret = first === undefined ? null : keyFrom(file, first, { env, readFile })
    if (first !== undefined && secret !== null) {
      const beside = file.auth.signing?.key === first ? besideOf(file, { env, readFile }) : new Map()
      keys.push({ provider: file.id, variable: first, secret, beside })
    }
    for (const name of others) notes.push(`${name} is set and not used: ${file.id} has its key from ${first}`)
    if (first === undefined)
      for (const name of file.env.filter(isSet))
        notes.push(`${name} is set but general-purpose: add it to LLMSTATUS_USE to use it for ${file.id}`)
  }
  return { keys, notes }
}

/** Looked for where the key needs them, and nowhere else: they mean many things too. */
const besideOf = (
  { secrets = [] }: ProviderFile,
  { env, readFile }: Pick<Where, 'env' | 'readFile'>,
): ReadonlyMap<string, Secret> =>
  new Map(
    secrets.flatMap(name => {
      const secret = readSecret(env, readFile, name)
      return secret === null ? [] : [[name, secret] as const]
    }),
  )

const isGeneral = (file: ProviderFile, name: string): boolean => file.general_purpose_env?.includes(name) ?? false

const checkUse = (files: readonly ProviderFile[], use: readonly string[]): void => {
  const general = files.flatMap(file => file.general_purpose_env ?? [])
  for (const name of use)
    if (!general.includes(name))
      throw new CodedError('config_invalid', `LLMSTATUS_USE: ${name} is no provider's general-purpose variable`, {
        hint: files.some(file => file.env.includes(name))
          ? 'it is used without being named here'
          : suggest(name, general),
      })
}
