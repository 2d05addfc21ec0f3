import { nearest } from '@llmstatus/shared/did-you-mean'
import { CodedError } from '@llmstatus/shared/errors'
import type { ClientConfig } from 'pg'

/**
 * What DATABASE_URL says, as the driver is told it. Pure, but for the files that it names.
 *
 * `sslmode` means what it means to libpq, with two differences. Where it is not said, a server on this machine is spoken to
 * plainly and any other one only over TLS with its name verified (`verify-full`): a password and everything that was
 * measured would else go to whoever answers. `allow` and `prefer` are refused: whoever is in between decides what they mean.
 */
export interface DatabaseUrl {
  readonly url: string
  /** Where the URL holds none. */
  readonly password: string | null
  /** In place of the system's authorities, where the URL names no `sslrootcert`. */
  readonly caFile: string | null
  readonly read: (path: string) => string
}

export type Connection = Pick<
  ClientConfig,
  'host' | 'port' | 'user' | 'password' | 'database' | 'ssl' | 'application_name' | 'options' | 'enableChannelBinding'
>

const parameters = [
  'host',
  'sslmode',
  'sslrootcert',
  'sslcert',
  'sslkey',
  'channel_binding',
  'application_name',
  'options',
] as const

const modes = ['disable', 'require', 'verify-ca', 'verify-full'] as const
export type SslMode = (typeof modes)[number]

export const connectionOf = (given: DatabaseUrl): Connection => {
  const url = parsed(given.url)
  const asked = queryOf(url)
  const host = asked.host ?? unbracketed(decodeURIComponent(url.hostname))
  const user = decodeURIComponent(url.username)
  const password = decodeURIComponent(url.password) || given.password
  const database = decodeURIComponent(url.pathname.slice(1))
  return {
    host: host === '' ? 'localhost' : host,
    ...(url.port === '' ? {} : { port: Number(url.port) }),
    ...(user === '' ? {} : { user }),
    ...(password === null ? {} : { password }),
    ...(database === '' ? {} : { database }),
    ssl: sslOf({ ...asked, mode: modeOf(asked.sslmode, host) }, given),
    application_name: asked.application_name ?? 'llmstatus-aggregator',
    options: asked.options === undefined ? withoutJit : `${withoutJit} ${asked.options}`,
    enableChannelBinding: asked.channel_binding === 'require' || asked.channel_binding === 'prefer',
  }
}

/**
 * A plan over thirty days of partitions looks expensive, so Postgres compiles it first: two seconds for a judgement that takes
 * sixty milliseconds without (3M results, 250 series).
 */
const withoutJit = '-c jit=off'

const refused = (what: string, hint: string): CodedError =>
  new CodedError('config_invalid', `DATABASE_URL: ${what}`, { hint })

/** A host that is left out, as in `postgres:///name?host=/run/postgresql`, is no URL to WHATWG. */
const parsed = (text: string): URL => {
  const url = URL.parse(text) ?? URL.parse(text.replace('@/', '@localhost/'))
  if (url === null)
    throw refused('is not a URL', 'It looks like postgres://user@host:5432/name, special characters as %40.')
  return url
}

const unbracketed = (host: string): string => host.replace(/^\[(.+)\]$/, '$1')

type Asked = Partial<Record<(typeof parameters)[number], string>>

const queryOf = (url: URL): Asked => {
  for (const name of url.searchParams.keys())
    if (!parameters.some(known => known === name)) {
      const meant = nearest(name, [...parameters])
      throw refused(
        `there is no parameter ${name}`,
        meant === null ? `There are ${parameters.join(', ')}.` : `Did you mean ${meant}?`,
      )
    }
  return Object.fromEntries(url.searchParams)
}

const isHere = (host: string): boolean =>
  host === '' || host.startsWith('/') || host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)

const modeOf = (asked: string | undefined, host: string): SslMode => {
  if (asked === undefined) return isHere(host) ? 'disable' : 'verify-full'
  const mode = modes.find(known => known === asked)
  if (mode !== undefined) return mode
  throw refused(
    `sslmode=${asked} is none of ${modes.join(', ')}`,
    'verify-full is the one that nobody in between can read.',
  )
}

type Ssl = Connection['ssl']

const sslOf = (asked: Asked & { readonly mode: SslMode }, { read, caFile }: DatabaseUrl): Ssl => {
  const { mode, sslrootcert, sslcert, sslkey } = asked
  if (mode === 'disable') return false
  if ((sslcert === undefined) !== (sslkey === undefined))
    throw refused('sslcert and sslkey come together', 'A certificate of the client is of no use without its key.')
  const authorities = sslrootcert === 'system' ? null : (sslrootcert ?? caFile)
  const ca = authorities === null ? {} : { ca: readOrExplain(read, 'sslrootcert', authorities) }
  const own =
    sslcert === undefined || sslkey === undefined
      ? {}
      : { cert: readOrExplain(read, 'sslcert', sslcert), key: readOrExplain(read, 'sslkey', sslkey) }
  // as libpq has it: an authority that is named is used, even by `require`
  const checks =
    mode === 'require' && sslrootcert === undefined ? 'nothing' : mode === 'verify-full' ? 'all' : 'authority'
  return { ...ca, ...own, ...checked[checks] }
}

const checked = {
  nothing: { rejectUnauthorized: false },
  authority: { checkServerIdentity: () => undefined },
  all: {},
} as const

const readOrExplain = (read: DatabaseUrl['read'], name: string, path: string): string => {
  try {
    return read(path)
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
    throw new CodedError('config_invalid', `DATABASE_URL: ${name}: cannot read ${path} (${reason})`, {
      hint: 'Give the path of a PEM file that this process may read.',
      cause,
    })
  }
}
