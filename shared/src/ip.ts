import { isIP } from 'node:net'

/** IP addresses as numbers: parsing, and whether one liesIn in a network. Strict: what could be read in two ways is not read. */

export interface Address {
  readonly family: 4 | 6
  readonly value: bigint
}

export interface Network extends Address {
  readonly bits: number
}

/**
 * IPv4 in dotted decimal, IPv6 in any spelling; null for everything else, zone ids included. An IPv4 address inside an
 * IPv6 one comes out as IPv4: that is where the packets go.
 */
export const readAddress = (text: string): Address | null => {
  const address = readLiteral(text)
  if (address?.family !== 6) return address
  const prefix = address.value >> 32n
  return prefix === mapped || prefix === nat64 ? { family: 4, value: address.value & 0xffff_ffffn } : address
}

/** ::ffff:0:0/96, and 64:ff9b::/96 of RFC 6052. */
const mapped = 0xffffn
const nat64 = 0x64_ff9b_0000_0000_0000_0000n

const readLiteral = (text: string): Address | null => {
  const family = text.includes('%') ? 0 : isIP(text)
  if (family === 4) return { family, value: readV4(text) }
  return family === 6 ? { family, value: readV6(text) } : null
}

const readV4 = (text: string): bigint => text.split('.').reduce((value, octet) => (value << 8n) | BigInt(octet), 0n)

const readV6 = (text: string): bigint => {
  const [left = [], right = []] = withoutDots(text).split('::').map(groups)
  const zeros = Array<string>(8 - left.length - right.length).fill('0')
  return [...left, ...zeros, ...right].reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n)
}

const groups = (part: string): string[] => (part === '' ? [] : part.split(':'))

/** `::ffff:10.0.0.1` as `::ffff:a00:1`. */
const withoutDots = (text: string): string => {
  if (!text.includes('.')) return text
  const start = text.lastIndexOf(':') + 1
  const value = readV4(text.slice(start))
  return `${text.slice(0, start)}${(value >> 16n).toString(16)}:${(value & 0xffffn).toString(16)}`
}

/** `10.0.0.0/8`, or a lone address. Null where it is neither. */
export const readNetwork = (cidr: string): Network | null => {
  const [text = '', length] = cidr.split('/', 2)
  const address = readLiteral(text)
  if (address === null || cidr.split('/').length > 2) return null
  const most = address.family === 4 ? 32 : 128
  const bits = length === undefined ? most : /^\d{1,3}$/.test(length) ? Number(length) : most + 1
  return bits > most ? null : { ...address, bits }
}

export const liesIn = (address: Address, network: Network): boolean => {
  const rest = BigInt((network.family === 4 ? 32 : 128) - network.bits)
  return address.family === network.family && address.value >> rest === network.value >> rest
}
