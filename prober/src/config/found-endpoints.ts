import type { ProviderFile } from '@llmstatus/shared/provider-file'
import { checkOrigin, fillTemplate } from '../credentials/origin.ts'
import type { Endpoint, Found, Sources } from './endpoint.ts'
import type { FoundKey } from './find-keys.ts'
import type { Usual } from './proxies.ts'
import { secretNames } from './secret-names.ts'
import { type Keys, signInOf } from './sign-in.ts'
import { templateValues } from './template-values.ts'

/** Providers whose key stands in the environment. It may stand there for another program, so what lacks is a note. */
export const keyedEndpoints = (sources: Sources, keys: readonly FoundKey[], usual: Usual): Found => {
  const endpoints: Endpoint[] = []
  const notes: string[] = []
  for (const { provider, ...key } of keys) {
    const file = sources.definitions.providers.get(provider)
    if (file === undefined || file.kind === 'self_hosted') continue
    const made = fileEndpoint(sources, file, { key, usual })
    if (typeof made === 'string') notes.push(`${key.variable} is set, and ${provider} ${made}`)
    else endpoints.push(made)
  }
  return { endpoints, notes }
}

/** The major providers that nobody has a key for here: does their edge answer? */
export const keylessEndpoints = (sources: Sources, taken: ReadonlySet<string>, usual: Usual): readonly Endpoint[] =>
  sources.definitions.major.flatMap(id => {
    const file = sources.definitions.providers.get(id)
    if (file === undefined || taken.has(id) || !file.reachability.keyless) return []
    const made = fileEndpoint(sources, file, { key: null, usual })
    return typeof made === 'string' ? [] : [made]
  })

/** As the provider file has it; or, as text, what it lacks. */
const fileEndpoint = (
  sources: Sources,
  file: ProviderFile,
  { key, usual }: { readonly key: Keys | null; readonly usual: Usual },
): Endpoint | string => {
  const filled = templateValues(file, file.origin, { values: {}, env: sources.env, secrets: secretNames(sources) })
  if (!filled.ok) return filled.what
  const given = sources.definitions.own.has(file.id) ? 'set' : 'shipped'
  const checked = checkOrigin(fillTemplate(file.origin, filled.values), given)
  if (!checked.ok) return `has an origin that ${checked.what}`
  const { values } = filled
  const tokens = { origin: null, cidrs: [], ca: null, proxy: usual.proxy }
  const signIn = key === null ? { secret: null } : signInOf(file, key, { values, tokens })
  if (typeof signIn === 'string') return signIn
  return {
    id: file.id,
    kind: file.kind,
    file,
    isTarget: false,
    grant: {
      name: file.id,
      provider: file.id,
      origin: checked.origin,
      given,
      auth: file.auth,
      ...signIn,
      headers: file.headers ?? {},
      cidrs: [],
      // what was written down here may be private, and is reached as such
      ...(given === 'set' ? { ca: usual.ca, proxy: null } : { ca: null, proxy: usual.proxy }),
    },
    values,
    models: null,
    maxOutputTokens: null,
  }
}
