import { CodedError } from '@llmstatus/shared/errors'
import { isUnavailable } from './unavailable.ts'

/** Why a server could not be used, in words for the operator, and what to do. Null is a bug of ours. */
export const explainConnection = (error: unknown, place: string): CodedError | null => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const said = error instanceof Error ? error.message : String(error)
  const found = reasons.find(reason => reason.is.test(`${code} ${said}`))
  if (found === undefined && !isUnavailable(error)) return null
  const { what, hint } = found ?? unreachable
  const because = what === undefined ? `does not answer: ${said || code}` : `${what} (${said || code})`
  return new CodedError('database_unreachable', `The database at ${place} ${because}`, { hint, cause: error })
}

interface Reason {
  readonly is: RegExp
  readonly what?: string
  readonly hint: string
}

const unreachable: Omit<Reason, 'is'> = {
  hint: 'Check host and port in DATABASE_URL, that the server runs, and that this machine may reach it.',
}

/** The first that matches. Codes are SQLSTATE, of the system, or of TLS; what has no code is known by its sentence. */
const reasons: readonly (Reason & { readonly what?: string })[] = [
  {
    is: /^28000 .*(no encryption|SSL off)/s,
    what: 'takes only connections over TLS',
    hint: 'Take sslmode=disable out of DATABASE_URL, or say sslmode=verify-full.',
  },
  {
    is: /^28P01 |^28000 .*password|SASL: SCRAM/s,
    what: 'refuses this user or password',
    hint: 'Check user and password in DATABASE_URL (special characters as %40), DATABASE_URL_FILE or LLMSTATUS_DATABASE_PASSWORD_FILE.',
  },
  {
    is: /^28/,
    what: 'lets nobody in like this',
    hint: 'Add this machine, user and database to pg_hba.conf of the server.',
  },
  {
    is: /^3D000 /,
    what: 'is not there',
    hint: 'Make it on the server, owned by the user of DATABASE_URL: create database NAME owner USER.',
  },
  {
    is: /^08P01 .*unsupported startup parameter/s,
    what: 'is behind a pooler that does not pass on our settings',
    hint: 'In pgbouncer.ini: ignore_startup_parameters = options,statement_timeout,lock_timeout,idle_in_transaction_session_timeout, and jit = off for our user at the server. Its transaction mode will do: nothing here rests on a session.',
  },
  {
    is: /^53300 /,
    what: 'has no connection left',
    hint: 'Raise max_connections, or put a pooler in front: each replica takes up to ten.',
  },
  {
    is: /does not support SSL/,
    what: 'does not speak TLS',
    hint: 'Turn on TLS at the server. Where the way to it is your own, such as a container network, say ?sslmode=disable in DATABASE_URL.',
  },
  {
    is: /^(SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_\w+|CERT_UNTRUSTED) /,
    what: 'shows a certificate by an authority that is not trusted here',
    hint: 'Say ?sslrootcert=/path/to/authority.pem in DATABASE_URL.',
  },
  {
    is: /^ERR_TLS_CERT_ALTNAME_INVALID /,
    what: 'shows a certificate for another name',
    hint: 'Use the name that stands in the certificate, or say ?sslmode=verify-ca with its sslrootcert in DATABASE_URL.',
  },
  {
    is: /^CERT_(HAS_EXPIRED|NOT_YET_VALID) /,
    what: 'shows a certificate that is not valid now',
    hint: 'Renew it at the server, and check the clock of this machine.',
  },
  {
    is: /^(ENOTFOUND|EAI_AGAIN) /,
    what: 'has a name that nobody knows',
    hint: 'Check the host in DATABASE_URL, and the name server of this machine.',
  },
]
