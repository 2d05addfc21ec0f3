import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ProviderFile } from '@llmstatus/shared/provider-file'
import { parseYaml } from '@llmstatus/shared/strict-yaml'

type Provider = Pick<ProviderFile, 'id' | 'env' | 'general_purpose_env'>

export const readProviders = (folder: string): readonly Provider[] =>
  readdirSync(folder)
    .filter(file => file.endsWith('.yaml'))
    .map(file => parseYaml(ProviderFile, readFileSync(join(folder, file), 'utf8'), join(folder, file)))

/** Providers with a key in this environment, as the prober itself will look for them. */
export const providersWithKey = (env: NodeJS.ProcessEnv, providers: readonly Provider[]): readonly string[] => {
  const used = new Set((env.LLMSTATUS_USE ?? '').split(',').map(name => name.trim()))
  const isSet = (name: string): boolean => Boolean(env[name] || env[`${name}_FILE`])
  const counts = (provider: Provider) => (name: string) =>
    isSet(name) && (used.has(name) || !provider.general_purpose_env?.includes(name))
  return providers.filter(provider => provider.env.some(counts(provider))).map(provider => provider.id)
}
