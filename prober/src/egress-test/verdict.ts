import type { Case } from './case.ts'
import type { Finding } from './finding.ts'
import type { Internet } from './internet.ts'
import type { Played } from './plays/play.ts'
import { tokenHost } from './plays/token.ts'
import type { RequestText } from './request-text.ts'
import { bytesSeen } from './traces.ts'

/** One line of the report: what was tried, what came of it, and how much of a secret was where. */
export interface Verdict extends Finding {
  readonly case: string
  readonly kind: Case['kind']
  readonly tried: string
  /** Of the key, and of the proxy's password, wherever they have no business: the sink, the proxy, the name server. */
  readonly key_bytes: number
  /** The same in result lines, in the log, and in what the operator is told. */
  readonly said_key_bytes: number
  /** Of the key, where it belongs. It shows that there was something to lose. */
  readonly own_key_bytes: number
  /** Why it is not as expected; null where it is. */
  readonly wrong: string | null
}

export interface Secrets {
  readonly key: string
  readonly password: string
}

/** Where a key may stand in a request: one header, once. */
const keyHeader = /^(authorization: Bearer |x-api-key: |x-goog-api-key: )/

export const verdictOf = (one: Case, { tried, finding }: Played, at: Receipts): Verdict => {
  const isControl = one.kind === 'control'
  const rightful = isControl ? at.sink.requests : at.own.requests
  const elsewhere = [at.names, ...(isControl ? [] : [at.sink.record])].join('\n')
  const clean = one.kind === 'token' ? withoutExchange : withoutKey
  const beside = rightful.map(request => clean(request, at.secrets.key)).join('\n')
  const verdict = {
    ...finding,
    case: one.name,
    kind: one.kind,
    tried,
    key_bytes: both(elsewhere, at.secrets) + bytesSeen(at.proxy.record, at.secrets.key) + both(beside, at.secrets),
    said_key_bytes: both(at.said, at.secrets),
    own_key_bytes: bytesSeen(rightful.flatMap(({ headers }) => headers).join('\n'), at.secrets.key),
  }
  return { ...verdict, wrong: wrongWith(one, verdict, rightful) }
}

/** Everything that anybody received in one case. */
export interface Receipts {
  readonly secrets: Secrets
  readonly own: { readonly requests: readonly RequestText[] }
  readonly sink: { readonly record: string; readonly requests: readonly RequestText[] }
  readonly proxy: { readonly record: string }
  readonly names: string
  readonly said: string
}

export const receiptsOf = (internet: Internet, secrets: Secrets, said: string): Receipts => ({
  secrets,
  own: { requests: internet.own.requests() },
  sink: { record: internet.sink.record(), requests: internet.sink.requests() },
  proxy: { record: internet.proxy.record() },
  names: internet.asked().join('\n'),
  said,
})

const both = (record: string, { key, password }: Secrets): number =>
  bytesSeen(record, key) + bytesSeen(record, password)

const withoutKey = ({ line, headers, body }: RequestText, key: string): string => {
  const at = headers.findIndex(header => keyHeader.test(header) && header.endsWith(key))
  return [line, ...headers.filter((_header, index) => index !== at), '', body].join('\n')
}

/** A key that is exchanged stands in one body, to one host; its token is what goes elsewhere, and the key in no header. */
const withoutExchange = ({ line, headers, body }: RequestText, key: string): string => {
  const isExchange = line === 'POST /identity/token HTTP/1.1' && headers.includes(`host: ${tokenHost}`)
  const rest = isExchange && body.endsWith(`&apikey=${key}`) ? body.slice(0, -key.length) : body
  return [line, ...headers, '', rest].join('\n')
}

const wrongWith = (one: Case, verdict: Omit<Verdict, 'wrong'>, rightful: readonly RequestText[]): string | null => {
  const wanted = one.allow === undefined ? 'deny' : 'allow'
  const reason = one.allow ?? one.deny ?? ''
  const isSaid = verdict.by === 'settings' ? verdict.reason.includes(reason) : verdict.reason === reason
  if (verdict.key_bytes > 0) return 'a secret was received where it has no business'
  if (verdict.said_key_bytes > 0) return 'a secret was said'
  if (verdict.verdict !== wanted || !isSaid) return `expected ${wanted}: ${reason}`
  if (one.kind === 'control' && verdict.own_key_bytes === 0) return 'the sink does not see a key that is sent to it'
  const odd = rightful.find(request => !isOneMessage(request))
  return odd === undefined ? null : 'the provider received a request that could be read in two ways'
}

/** One host, one length, and nothing that says otherwise. */
const isOneMessage = ({ headers }: RequestText): boolean => {
  const names = headers.map(header => header.slice(0, header.indexOf(':')).toLowerCase())
  const once = ['host', 'authorization', 'content-length', 'connection']
  const never = ['transfer-encoding', 'proxy-authorization', 'upgrade', 'te', 'trailer']
  return (
    names.filter(name => name === 'host').length === 1 &&
    once.every(name => names.filter(other => other === name).length <= 1) &&
    !names.some(name => never.includes(name))
  )
}
