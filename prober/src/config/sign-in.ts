import { CodedError } from '@llmstatus/shared/errors'
import type { Exchange, ProviderFile } from '@llmstatus/shared/provider-file'
import { type Env, type ReadFile, readSecret } from '@llmstatus/shared/read-secret'
import { Secret } from '@llmstatus/shared/secret'
import { readAccount } from '../credentials/assertion.ts'
import type { Grant } from '../credentials/bind.ts'
import { checkOrigin, fillTemplate } from '../credentials/origin.ts'
import type { TokenExchange } from '../probe.ts'
import { readText } from './read-prober-file.ts'

/** How a key is used where it is not simply sent: it signs, or it is exchanged for a token. */

export interface Keys {
  readonly secret: Secret
  /** The variable it was found in; null where prober.yaml names it. */
  readonly variable: string | null
  /** The file's `secrets`, as far as they are there. */
  readonly beside: ReadonlyMap<string, Secret>
}

/** The way to where tokens are. An origin that was set here may be private, as any other. */
export interface TokenWay extends Pick<TokenExchange, 'ca' | 'proxy'> {
  readonly origin: string | null
  readonly cidrs: readonly string[]
}

interface Here {
  readonly values: Readonly<Record<string, string>>
  readonly tokens: TokenWay
}

type SignIn = Pick<Grant, 'secret' | 'signing' | 'exchange'>

/** As text, what lacks for it. */
export const signInOf = (file: ProviderFile, keys: Keys, here: Here): SignIn | string => {
  const { signing, exchange } = file.auth
  if (exchange !== undefined) return exchanged(file, exchange, { keys, ...here })
  if (signing === undefined) return { secret: keys.secret }
  const secret = keys.beside.get(signing.secret)
  if (secret === undefined)
    return keys.variable === signing.key ? `needs ${signing.secret}, which is not set` : { secret: keys.secret }
  const session = signing.session === undefined ? null : (keys.beside.get(signing.session) ?? null)
  const region = fillTemplate(signing.region, here.values)
  return { secret, signing: { keyId: keys.secret, session, service: signing.service, region } }
}

const exchanged = (
  { token_origin: shipped = '' }: ProviderFile,
  { grant, path, scope }: Exchange,
  { keys, values, tokens }: Here & { readonly keys: Keys },
): SignIn | string => {
  const usual = fillTemplate(shipped, values)
  const given = tokens.origin === null ? 'shipped' : 'set'
  const checked = checkOrigin(tokens.origin ?? usual, given)
  if (!checked.ok) return `has a token origin that ${checked.what}`
  const net = { private: given === 'set', cidrs: tokens.cidrs }
  const { ca, proxy } = tokens
  const audience = `${usual}${path}`
  return {
    secret: keys.secret,
    exchange: { grant, path, scope: scope ?? null, audience, origin: checked.origin, net, ca, proxy },
  }
}

/** A variable that holds the key; a service account's file is named there, or stands there whole. */
export const keyFrom = (
  file: ProviderFile,
  name: string,
  { env, readFile }: { readonly env: Env; readonly readFile: ReadFile },
): Secret | null => {
  if (file.auth.exchange?.grant !== 'google_jwt') return readSecret(env, readFile, name)
  const told = env[name] || env[`${name}_FILE`] || null
  if (told === null) return null
  return accountSecret(told.trimStart().startsWith('{') ? told : readText(readFile, told, name), name)
}

export const accountSecret = (text: string, where: string): Secret => {
  const read = readAccount(text)
  if (read.ok) return new Secret(text)
  throw new CodedError('config_invalid', `${where}: ${read.what}`, {
    hint: 'it is the JSON file that was made for a service account: {"type":"service_account", …}',
  })
}
