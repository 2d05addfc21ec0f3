import type { TokenExchange } from '../probe.ts'
import { assertionOf, readAccount } from './assertion.ts'

/** What is posted where a token is fetched: pure. One entry for each grant; null where the key is of no use for it. */
export const grantBody = (exchange: TokenExchange, key: string, nowMs: number): string | null => {
  const fields = grants[exchange.grant]({ key, exchange, nowMs })
  return fields === null ? null : new URLSearchParams(fields).toString()
}

interface Given {
  readonly key: string
  readonly exchange: TokenExchange
  readonly nowMs: number
}
type Grant = (given: Given) => Record<string, string> | null

const grants: Readonly<Record<TokenExchange['grant'], Grant>> = {
  /** RFC 7523. */
  google_jwt: ({ key, exchange: { audience, scope }, nowMs }) => {
    const read = readAccount(key)
    if (!read.ok) return null
    const assertion = assertionOf(read.account, { audience, scope: scope ?? '', nowMs })
    return { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion }
  },
  ibm_apikey: ({ key }) => ({ grant_type: 'urn:ibm:params:oauth:grant-type:apikey', apikey: key }),
}
