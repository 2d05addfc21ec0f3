import { suggest } from '@llmstatus/shared/did-you-mean'
import { chatRoads, ProviderFile } from '@llmstatus/shared/provider-file'
import type { ReadFile } from '@llmstatus/shared/read-secret'
import { type Placed, readYaml } from '@llmstatus/shared/strict-yaml'
import { checkOrigin, templateNames } from '../credentials/origin.ts'
import type { Definitions } from './read-definitions.ts'
import { beside, type LoadedFile, readText } from './read-prober-file.ts'
import { isOurs } from './secret-names.ts'

/**
 * Provider files that the operator wrote, listed under `providers` in prober.yaml: held to all that the shipped ones are.
 *
 * Invariants
 * - None takes the place of one that ships: neither its id, nor a name that its key is found under.
 * - Where it leads was written down here: it may be private, for exactly that host and port, and it is never shared.
 */
interface Where {
  readonly file: LoadedFile | null
  readonly readFile: ReadFile
  readonly dialects: ReadonlySet<string>
}

export const withOwnProviders = (shipped: Definitions, { file, readFile, dialects }: Where): Definitions => {
  const providers = new Map(shipped.providers)
  for (const [index, path] of (file?.value.providers ?? []).entries()) {
    if (file === null) continue
    const where = file.where(['providers', index])
    const found = readYaml(ProviderFile, readText(readFile, beside(file, path), where), path)
    check(found, { providers, dialects })
    providers.set(found.value.id, found.value)
  }
  return { ...shipped, providers, own: new Set([...providers.keys()].filter(id => !shipped.providers.has(id))) }
}

interface Known {
  /** Those that ship, and those of one's own that were read before. */
  readonly providers: ReadonlyMap<string, ProviderFile>
  readonly dialects: ReadonlySet<string>
}

const check = (found: Placed<ProviderFile>, known: Known): void => {
  const { value, wrong } = found
  if (known.providers.has(value.id))
    throw wrong(
      ['id'],
      `there is a provider ${value.id} already`,
      'choose another id; where one that ships is reached is set under credentials',
    )
  if (templateNames(value.origin).length === 0) {
    const checked = checkOrigin(value.origin, 'set')
    if (!checked.ok) throw wrong(['origin'], checked.what)
  }
  checkNames(found, known)
  checkDialects(found, known)
}

/** A name leads to one provider: else the key of one would go to another. */
const checkNames = ({ value, wrong }: Placed<ProviderFile>, { providers }: Known): void => {
  for (const list of ['env', 'secrets'] as const)
    for (const [index, name] of (value[list] ?? []).entries()) {
      if (isOurs(name)) throw wrong([list, index], `${name} is a name of our own`, 'choose another name')
      const other = [...providers.values()].find(({ env, secrets = [] }) => [...env, ...secrets].includes(name))
      if (other !== undefined)
        throw wrong([list, index], `${name} is where the key of ${other.id} is found`, 'choose another name')
    }
}

const checkDialects = ({ value, wrong }: Placed<ProviderFile>, { dialects }: Known): void => {
  const spoken = [...chatRoads(value), ...(value.embeddings === undefined ? [] : [value.embeddings])]
  for (const { dialect } of spoken)
    if (!dialects.has(dialect))
      throw wrong(
        [dialect === value.embeddings?.dialect ? 'embeddings' : 'chat'],
        `this version does not speak ${dialect}`,
        suggest(dialect, [...dialects].sort()),
      )
}
