import { sign } from 'node:crypto'
import { genesis, type RecordClaims } from './claims.ts'
import { instant, ProberId, sha256, uuid7 } from './ids.ts'
import { keyFromSeed, type SigningKey } from './keys.ts'

/** For tests: keys and claims that are the same every time, and a signer that signs what it is told. */

export const atMs = Date.UTC(2026, 0, 15, 9)

export const idNamed = (name: string, ms: number = atMs): string => uuid7(ms, Buffer.from(sha256(name), 'base64url'))

export const keyNamed = (name: string): Promise<SigningKey> => keyFromSeed(Buffer.from(sha256(name), 'base64url'))

export const sampleKeys = async () => ({
  prober: await keyNamed('prober'),
  aggregator: await keyNamed('aggregator'),
  successor: await keyNamed('successor'),
  stranger: await keyNamed('stranger'),
})
export type SampleKeys = Awaited<ReturnType<typeof sampleKeys>>

export const proberId = ProberId.parse(idNamed('prober'))

export const sampleClaims = (keys: SampleKeys, given: Partial<RecordClaims> = {}): RecordClaims => ({
  iss: proberId,
  aud: keys.aggregator.kid,
  jti: idNamed(`batch ${given.seq ?? 1}`),
  iat: atMs / 1000,
  seq: 1,
  prev: genesis,
  from: instant(atMs - 10_000),
  to: instant(atMs),
  defs: sha256('definitions'),
  boot: idNamed('boot'),
  mono: 12_345,
  ...given,
})

const base64url = (text: string): string => Buffer.from(text).toString('base64url')

/** A compact JWS over exactly these texts, whatever they say. */
export const signTexts = (signer: SigningKey, header: string, payload: string | Uint8Array): string => {
  const signed = `${base64url(header)}.${Buffer.from(payload).toString('base64url')}`
  return `${signed}.${sign(null, Buffer.from(signed), signer.privateKey).toString('base64url')}`
}

export const headerText = (signer: SigningKey, typ: string): string =>
  JSON.stringify({ alg: 'Ed25519', typ, kid: signer.kid })

/** Every text that differs from this one in its last character. */
export const otherEndings = (encoded: string): string[] =>
  Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_')
    .map(last => `${encoded.slice(0, -1)}${last}`)
    .filter(text => text !== encoded)
