import { CodedError } from '@llmstatus/shared/errors'
import { ProviderFile } from '@llmstatus/shared/provider-file'
import type { ReadFile } from '@llmstatus/shared/read-secret'
import { parseYaml } from '@llmstatus/shared/strict-yaml'
import { KeylessFile, SuiteFile, type SuiteProbe } from '@llmstatus/shared/suite-file'
import { readText } from './read-prober-file.ts'

/** What ships in probe-definitions/, the providers and the suites; and providers of one's own. */
export interface Definitions {
  readonly providers: ReadonlyMap<string, ProviderFile>
  readonly suites: ReadonlyMap<string, SuiteFile>
  /** Whose reachability is looked at without a key, where that is wanted. */
  readonly major: readonly string[]
  /** Providers whose files the operator wrote. */
  readonly own: ReadonlySet<string>
}

/** The names in a folder, without their path. */
export type ListFiles = (folder: string) => readonly string[]

export interface DefinitionsFolder {
  readonly readFile: ReadFile
  readonly listFiles: ListFiles
  readonly definitionsDir: string
}

const keylessName = 'keyless.yaml'

export const readDefinitions = (folder: DefinitionsFolder): Definitions => {
  const suites = yamlNames(folder, 'suites').filter(name => name !== keylessName)
  const keyless = `${folder.definitionsDir}/suites/${keylessName}`
  return {
    providers: byId(yamlNames(folder, 'providers'), `${folder.definitionsDir}/providers`, file =>
      parseYaml(ProviderFile, readText(folder.readFile, file, 'probe-definitions'), file),
    ),
    suites: byId(suites, `${folder.definitionsDir}/suites`, file =>
      parseYaml(SuiteFile, readText(folder.readFile, file, 'probe-definitions'), file),
    ),
    major: parseYaml(KeylessFile, readText(folder.readFile, keyless, 'probe-definitions'), keyless).major,
    own: new Set(),
  }
}

const yamlNames = ({ listFiles, definitionsDir }: DefinitionsFolder, kind: string): readonly string[] => {
  try {
    return listFiles(`${definitionsDir}/${kind}`)
      .filter(name => name.endsWith('.yaml'))
      .sort()
  } catch (cause) {
    throw new CodedError('config_invalid', `cannot read the folder ${definitionsDir}/${kind}`, {
      hint: 'it ships with the program; is the installation complete?',
      cause,
    })
  }
}

const byId = <T extends { readonly id: string }>(
  names: readonly string[],
  folder: string,
  read: (file: string) => T,
): ReadonlyMap<string, T> =>
  new Map(
    names.map(name => {
      const value = read(`${folder}/${name}`)
      if (`${value.id}.yaml` !== name)
        throw new CodedError('config_invalid', `${folder}/${name}: id: is ${value.id}, and the file's name is not`)
      return [value.id, value]
    }),
  )

/** The suite's own probes and those of the suites it includes, each once; null where there is no such suite. */
export const suiteProbes = (definitions: Definitions, id: string): readonly SuiteProbe[] | null => {
  if (!definitions.suites.has(id)) return null
  const seen = new Set<string>()
  const collect = (suite: string): readonly SuiteProbe[] => {
    if (seen.has(suite)) return []
    seen.add(suite)
    const file = definitions.suites.get(suite)
    if (file === undefined)
      throw new CodedError('config_invalid', `suites/${id}.yaml: includes ${suite}, which is not there`)
    return [...(file.includes ?? []).flatMap(collect), ...file.probes]
  }
  return collect(id)
}
