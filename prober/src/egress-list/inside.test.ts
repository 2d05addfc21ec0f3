import { readFileSync } from 'node:fs'
import { judgeAddress } from '@llmstatus/shared/address'
import { liesIn, type Network, readNetwork } from '@llmstatus/shared/ip'
import { describe, expect, it } from 'vitest'
import { insideV4, insideV6, metadataIn } from './inside.ts'

/** The corpus of the guard, asked of the ranges that a policy leaves out. */
const corpus = readFileSync(new URL('../../../shared/testdata/addresses.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter(line => line !== '' && !line.startsWith('#'))
  .map(line => line.slice(0, line.lastIndexOf(',')))
  .filter(address => judgeAddress(address) !== 'invalid')

/** As the packet has it: an IPv4 address inside an IPv6 one stays where it is. */
const onTheWire = (text: string): Network => {
  const network = readNetwork(text)
  if (network === null) throw new Error(text)
  return network
}

const inside = [...insideV4(), ...insideV6()].map(({ cidr }) => onTheWire(cidr))
const isLeftOut = (address: string): boolean => inside.some(network => liesIn(onTheWire(address), network))

/** Nobody routes these: what no table assigns, and forms that stand for IPv4 and are never sent. */
const isNowhere = (address: string): boolean => {
  const { family, value } = onTheWire(address)
  const top = value >> 125n
  return family === 6 && (top !== 1n || value >> 96n === 0n)
}

describe('the ranges that a policy leaves out', () => {
  it('hold no public address', () => {
    const world = corpus.filter(address => judgeAddress(address) === 'public')
    expect(world.length).toBeGreaterThan(20)
    expect(world.filter(isLeftOut)).toEqual([])
  })

  it('hold every address that the guard would not call public and that a packet could have', () => {
    const shut = corpus.filter(address => judgeAddress(address) !== 'public' && !isLeftOut(address))
    expect(shut.filter(address => !isNowhere(address))).toEqual([])
  })

  it.each([
    '10.0.0.1',
    '127.0.0.1',
    '169.254.169.254',
    '100.64.0.1',
    '168.63.129.16',
    'fd00:ec2::254',
    'fe80::1',
    '::1',
  ])('hold %s', address => expect(isLeftOut(address)).toBe(true))

  it.each(['64:ff9b::a9fe:a9fe', '64:ff9b::a00:1'])('hold %s, which a NAT64 gateway would take inside', address =>
    expect(isLeftOut(address)).toBe(true),
  )

  it('are each there once, and none lies in another', () => {
    const twice = inside.filter(one =>
      inside.some(other => other !== one && other.bits <= one.bits && liesIn(one, other)),
    )
    expect(twice).toEqual([])
  })
})

it('a range that somebody opens leaves out the metadata in it', () => {
  expect(metadataIn('10.0.0.0/8')).toEqual([])
  expect(metadataIn('100.64.0.0/10')).toEqual(['100.100.100.200/32'])
  expect(metadataIn('fd00::/8')).toContain('fd00:ec2::/32')
})
