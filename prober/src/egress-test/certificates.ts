import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { isIP } from 'node:net'
import { addressBytes } from './address-bytes.ts'

/**
 * An authority of one run, and certificates by it for any name, so that whoever is reached can pose as anybody. Node
 * makes no certificates; this is the little of X.509 that it takes. Nothing of it outlives the run.
 */
export interface Authority {
  /** PEM. */
  readonly ca: string
  readonly issue: (host: string, validity?: 'valid' | 'expired') => Issued
}

export interface Issued {
  readonly key: string
  readonly cert: string
}

export const createAuthority = (nowMs: number): Authority => {
  const own = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const leaf = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const name = 'egress-test, for one run'
  const dayMs = 86_400_000
  const make = (subject: string, publicKey: KeyObject, more: Pick<Certificate, 'extensions' | 'untilMs'>): string =>
    certificate({ issuer: name, subject, publicKey, signer: own.privateKey, fromMs: nowMs - 30 * dayMs, ...more })
  const key = leaf.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const issued = new Map<string, Issued>()
  return {
    ca: make(name, own.publicKey, { extensions: [authorityOnly], untilMs: nowMs + dayMs }),
    issue: (host, validity = 'valid') => {
      const untilMs = validity === 'valid' ? nowMs + dayMs : nowMs - dayMs
      const known = issued.get(`${host} ${untilMs}`)
      if (known !== undefined) return known
      const made = { key, cert: make('egress-test', leaf.publicKey, { extensions: [goodFor(host)], untilMs }) }
      issued.set(`${host} ${untilMs}`, made)
      return made
    },
  }
}

interface Certificate {
  readonly issuer: string
  readonly subject: string
  readonly publicKey: KeyObject
  readonly signer: KeyObject
  readonly fromMs: number
  readonly untilMs: number
  readonly extensions: readonly Buffer[]
}

const certificate = ({ issuer, subject, publicKey, signer, fromMs, untilMs, extensions }: Certificate): string => {
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  const serial = createHash('sha256')
    .update(`${subject} ${untilMs}`)
    .update(extensions[0] ?? '')
    .digest()
    .subarray(0, 8)
  const signed = sequence(
    tagged(0xa0, integer(2)),
    tagged(0x02, Buffer.concat([Buffer.from([1]), serial])),
    ecdsaWithSha256,
    nameOf(issuer),
    sequence(time(fromMs), time(untilMs)),
    nameOf(subject),
    spki,
    tagged(0xa3, sequence(...extensions)),
  )
  const signature = sign('sha256', signed, signer)
  const der = sequence(signed, ecdsaWithSha256, tagged(0x03, Buffer.concat([Buffer.from([0]), signature])))
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}

const tagged = (tag: number, content: Buffer): Buffer => {
  const { length } = content
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}

const sequence = (...parts: readonly Buffer[]): Buffer => tagged(0x30, Buffer.concat(parts))
const integer = (value: number): Buffer => tagged(0x02, Buffer.from([value]))
const identifier = (...bytes: readonly number[]): Buffer => tagged(0x06, Buffer.from(bytes))
const yes = tagged(0x01, Buffer.from([0xff]))

const ecdsaWithSha256 = sequence(identifier(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02))

const commonName = identifier(0x55, 0x04, 0x03)
const nameOf = (text: string): Buffer =>
  sequence(tagged(0x31, sequence(commonName, tagged(0x0c, Buffer.from(text, 'utf8')))))

/** GeneralizedTime: YYYYMMDDHHMMSSZ; before 2050 it should be the shorter UTCTime. */
const time = (ms: number): Buffer =>
  tagged(0x17, Buffer.from(`${new Date(ms).toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`))

const basicConstraints = identifier(0x55, 0x1d, 0x13)
const authorityOnly = sequence(basicConstraints, yes, tagged(0x04, sequence(yes)))

const alternativeName = identifier(0x55, 0x1d, 0x11)
const goodFor = (host: string): Buffer => {
  const name = isIP(host) === 0 ? tagged(0x82, Buffer.from(host, 'latin1')) : tagged(0x87, addressBytes(host))
  return sequence(alternativeName, tagged(0x04, sequence(name)))
}
