import { CodedError } from '@llmstatus/shared/errors'

/**
 * A process that could hand its keys to somebody by the way in which it was started does not start: one that verifies no
 * certificate, that takes a proxy from its surroundings, that writes down what it sends or the keys of its TLS, or that
 * reads HTTP so leniently that one answer may be two.
 */
export interface StartedAs {
  readonly env: Readonly<Record<string, string | undefined>>
  /** What Node itself was told on the command line. */
  readonly flags: readonly string[]
}

export const refuseUnsafe = ({ env, flags }: StartedAs): void => {
  if (env.NODE_TLS_REJECT_UNAUTHORIZED === '0')
    throw unsafe('NODE_TLS_REJECT_UNAUTHORIZED=0 would send keys to whoever answers', {
      hint: 'Unset it; for a private authority set LLMSTATUS_CA_FILE.',
    })
  if (isOn(env.NODE_USE_ENV_PROXY))
    throw unsafe('NODE_USE_ENV_PROXY would send keys through whatever proxy the surroundings name', { hint: proxyHint })
  // checked in Node 24: with http among its values every header that is sent is printed
  if (isOn(env.NODE_DEBUG)) throw unsafe('NODE_DEBUG would print keys', { hint: 'Unset it.' })
  const options = (env.NODE_OPTIONS ?? '').split(/\s+/).map(option => option.replaceAll('"', ''))
  for (const flag of [...flags, ...options].map(nameOf)) {
    const why = Object.hasOwn(refusedFlags, flag) ? refusedFlags[flag] : undefined
    if (why !== undefined) throw unsafe(`${flag} ${why.what}`, why)
  }
}

interface Why {
  readonly what: string
  readonly hint: string
}

const proxyHint = 'Unset it, and name the proxy in LLMSTATUS_PROXY.'

const refusedFlags: Readonly<Record<string, Why>> = {
  '--use-env-proxy': {
    what: 'would send keys through whatever proxy the surroundings name',
    hint: proxyHint,
  },
  '--tls-keylog': { what: 'would write down how to read what is sent', hint: 'Leave it out.' },
  '--trace-tls': { what: 'would print what is sent', hint: 'Leave it out.' },
  '--insecure-http-parser': { what: 'would take one answer for two', hint: 'Leave it out.' },
}

/** Node takes `_` for `-` in them. */
const nameOf = (flag: string): string => flag.replace(/=.*$/s, '').replaceAll('_', '-')

const isOn = (value: string | undefined): boolean => value !== undefined && value !== '' && value !== '0'

const unsafe = (what: string, { hint }: Pick<Why, 'hint'>): CodedError =>
  new CodedError('egress_unsafe', `${what}.`, { hint })
