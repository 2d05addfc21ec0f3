import { ProbeDefinition } from '@llmstatus/shared/definition'
import { ProberFile } from '@llmstatus/shared/prober-config'
import { ProviderFile } from '@llmstatus/shared/provider-file'
import { readYaml } from '@llmstatus/shared/strict-yaml'
import { KeylessFile, SuiteFile } from '@llmstatus/shared/suite-file'
import { z } from 'zod'

/** The kinds of files that people write, told apart by the keys at their top: by what they hold, not by their name. */
export const kinds = {
  definition: { words: 'probe definition', schema: ProbeDefinition },
  provider: { words: 'provider file', schema: ProviderFile },
  suite: { words: 'suite', schema: SuiteFile },
  keyless: { words: 'keyless list', schema: KeylessFile },
  prober: { words: 'prober configuration', schema: ProberFile },
} as const

export type Kind = keyof typeof kinds

/** The one whose keys fit best; null where none does. What is no YAML at all throws, with its line. */
export const recognise = (text: string, file: string): Kind | null => {
  const { value } = readYaml(z.record(z.string(), z.unknown()), text, file)
  const ranked = (Object.keys(kinds) as Kind[])
    .map(kind => ({ kind, fit: fitOf(Object.keys(value), kinds[kind].schema.shape) }))
    .sort((a, b) => b.fit - a.fit)
  const [best] = ranked
  return best !== undefined && best.fit > 0 ? best.kind : null
}

/** Keys that are known count for it. Keys that are not, and those that are missing, count against, but less: one may be a slip. */
const fitOf = (written: readonly string[], shape: Readonly<Record<string, z.ZodType>>): number => {
  const hits = written.filter(key => Object.hasOwn(shape, key)).length
  const missing = Object.entries(shape).filter(([key, each]) => !written.includes(key) && !isOptional(each)).length
  return hits - (written.length - hits) / 2 - missing / 10
}

const isOptional = (schema: z.ZodType): boolean => schema.safeParse(undefined).success
