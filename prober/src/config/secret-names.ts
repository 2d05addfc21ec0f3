import type { Sources } from './endpoint.ts'

/**
 * Variables that hold a secret. What fills `{NAME}` in a host or a path is read by name servers and by whoever answers, so
 * none of these ever does, whichever file asks for it.
 */
export const secretNames = ({ definitions, file }: Pick<Sources, 'definitions' | 'file'>): ReadonlySet<string> => {
  const { credentials = [], targets = [], aggregator } = file?.value ?? {}
  const sources = [...credentials, ...targets, ...(aggregator === undefined ? [] : [aggregator])].flatMap(entry => [
    'secret' in entry ? entry.secret : undefined,
    ...('secrets' in entry ? Object.values(entry.secrets ?? {}) : []),
    entry.proxy_secret,
  ])
  return new Set([
    ...[...definitions.providers.values()].flatMap(({ env, secrets = [] }) => [...env, ...secrets]),
    ...sources.flatMap(source => (source?.startsWith('env:') ? [source.slice('env:'.length)] : [])),
  ])
}

/** Our own are no business of a provider's file either, and two of them are secrets. */
export const isOurs = (name: string): boolean => name.startsWith('LLMSTATUS_')
