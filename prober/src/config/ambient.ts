import type { Env } from '@llmstatus/shared/read-secret'

/** What the surroundings say about the way out, and what becomes of it: said, so that nobody waits for an effect. */
export const ambientNotes = (env: Env): readonly string[] => {
  const isSet = (name: string) => Boolean(env[name])
  const proxies = isSet('LLMSTATUS_PROXY') || isSet('LLMSTATUS_PROXY_FILE') ? [] : proxyNames.filter(isSet)
  return [
    ...(proxies.length === 0
      ? []
      : [
          `${proxies.join(', ')} set and not used: a proxy is named in LLMSTATUS_PROXY, or beside an origin in prober.yaml`,
        ]),
    ...(isSet('NODE_EXTRA_CA_CERTS')
      ? [
          'NODE_EXTRA_CA_CERTS is set: its authorities vouch for every provider, and whoever holds them can read every key; ca_file vouches for one origin',
        ]
      : []),
  ]
}

const proxyNames = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy']
