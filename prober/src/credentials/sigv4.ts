import { createHash, createHmac } from 'node:crypto'

/**
 * AWS Signature Version 4, in a header: pure. The key signs and does not travel; what travels is its id, and the session's
 * token where there is one. Everything that is said of the request is signed, so that nobody on the way can change it.
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export interface ToSign {
  readonly method: string
  /** As it will be sent. What is escaped in it is escaped once more for the signature, as every service but S3 wants it. */
  readonly path: string
  /** Lower-case names. Whoever changes one of these on the way breaks the signature. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface SigningKey {
  readonly id: string
  readonly secret: string
  readonly session: string | null
  readonly service: string
  readonly region: string
}

/** What has to stand in the request beside what was signed. */
export const signV4 = (request: ToSign, key: SigningKey, nowMs: number): Readonly<Record<string, string>> => {
  const at = new Date(nowMs).toISOString().replace(/[-:]|\.\d+/g, '')
  const session = key.session === null ? {} : { 'x-amz-security-token': key.session }
  const dated = { ...request, headers: { ...request.headers, 'x-amz-date': at, ...session } }
  const scope = [at.slice(0, 8), key.region, key.service, 'aws4_request']
  const toSign = ['AWS4-HMAC-SHA256', at, scope.join('/'), sha256(canonicalRequest(dated))].join('\n')
  const signature = hmac(signingKey(key.secret, scope), toSign).toString('hex')
  const said = [
    `Credential=${key.id}/${scope.join('/')}`,
    `SignedHeaders=${namesOf(dated).join(';')}`,
    `Signature=${signature}`,
  ]
  return { 'x-amz-date': at, ...session, authorization: `AWS4-HMAC-SHA256 ${said.join(', ')}` }
}

export const canonicalRequest = (request: ToSign): string => {
  const [path = '', query = ''] = request.path.split(/\?(.*)/s)
  return [
    request.method,
    path.split('/').map(escaped).join('/'),
    canonicalQuery(query),
    ...namesOf(request).map(name => `${name}:${(request.headers[name] ?? '').trim().replace(/ +/g, ' ')}`),
    '',
    namesOf(request).join(';'),
    sha256(request.body),
  ].join('\n')
}

/** One day's key for one service in one region: whoever had it could sign nothing else. */
export const signingKey = (secret: string, scope: readonly string[]): Buffer =>
  scope.reduce<Buffer>((key, part) => hmac(key, part), Buffer.from(`AWS4${secret}`))

const namesOf = ({ headers }: ToSign): readonly string[] => Object.keys(headers).sort()

const canonicalQuery = (query: string): string =>
  query
    .split('&')
    .filter(part => part !== '')
    .map(part => part.split(/=(.*)/s))
    .map(([name = '', value = '']) => [escaped(decodeURIComponent(name)), escaped(decodeURIComponent(value))] as const)
    .sort(([a, av], [b, bv]) => (a === b ? order(av, bv) : order(a, b)))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Everything but letters, digits, hyphen, dot, underscore and tilde. */
const escaped = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, one => `%${one.charCodeAt(0).toString(16).toUpperCase()}`)

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()
