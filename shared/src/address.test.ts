import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isMetadataName, judgeAddress, mayConnect, readOrigin } from './address.ts'
import { liesIn, readAddress, readNetwork } from './ip.ts'
import { networks } from './networks.ts'

const corpus = readFileSync(new URL('../testdata/addresses.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter(line => line !== '' && !line.startsWith('#'))
  .map(line => ({ address: line.slice(0, line.lastIndexOf(',')), verdict: line.slice(line.lastIndexOf(',') + 2) }))

const property = (check: fc.IRawProperty<unknown>) => fc.assert(check, { interruptAfterTimeLimit: 400, numRuns: 300 })

describe('judgeAddress', () => {
  it('has a corpus of at least 80 cases with every verdict in it', () => {
    expect(corpus.length).toBeGreaterThanOrEqual(80)
    expect(new Set(corpus.map(({ verdict }) => verdict)).size).toBe(6)
  })

  it.each(corpus)('$address is $verdict', ({ address, verdict }) => {
    expect(judgeAddress(address)).toBe(verdict)
  })

  it('reads every spelling of an IPv6 address as the same address', () => {
    const group = fc.integer({ min: 0, max: 0xffff })
    property(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), parts => {
        const long = parts.map(part => part.toString(16).padStart(4, '0').toUpperCase()).join(':')
        const short = new URL(`http://[${long}]`).hostname.slice(1, -1)
        expect(readAddress(short)).toEqual(readAddress(long))
        expect(judgeAddress(short)).toBe(judgeAddress(long))
      }),
    )
  })

  it('judges an IPv4 address the same, mapped or behind NAT64', () => {
    property(
      fc.property(fc.ipV4(), address => {
        const plain = judgeAddress(address)
        expect(judgeAddress(`::ffff:${address}`)).toBe(plain)
        expect(judgeAddress(`64:ff9b::${address}`)).toBe(plain)
      }),
    )
  })

  it('calls no IPv6 address outside 2000::/3 public', () => {
    property(
      fc.property(fc.ipV6(), address => {
        const read = readAddress(address)
        fc.pre(read?.family === 6 && read.value >> 125n !== 1n)
        expect(judgeAddress(address)).not.toBe('public')
      }),
    )
  })

  it('names each network once, by its own first address', () => {
    const read = networks.map(([cidr]) => ({ cidr, network: readNetwork(cidr) }))
    for (const { cidr, network } of read) {
      const first = network && { ...network, value: (network.value >> rest(network)) << rest(network) }
      expect(first, cidr).toEqual(network)
    }
    expect(new Set(networks.map(([cidr]) => cidr)).size).toBe(networks.length)
  })
})

const rest = ({ family, bits }: { family: 4 | 6; bits: number }) => BigInt((family === 4 ? 32 : 128) - bits)

describe('readNetwork', () => {
  it.each([
    '10.0.0.0/33',
    '::/129',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '10.0.0/8',
    '10.0.0.0/-1',
    '10.0.0.0/8 ',
    'fe80::%1/10',
  ])('%s is no network', cidr => {
    expect(readNetwork(cidr)).toBeNull()
  })

  it('holds every IPv4 address in /0, and no IPv6 one', () => {
    const all = readNetwork('0.0.0.0/0')
    expect(all && liesIn({ family: 4, value: 0xffff_ffffn }, all)).toBe(true)
    expect(all && liesIn({ family: 6, value: 1n }, all)).toBe(false)
  })
})

describe('mayConnect', () => {
  const shipped = { private: false, cidrs: [] }
  const local = { private: true, cidrs: [] }

  it.each(corpus.filter(({ verdict }) => verdict !== 'public'))(
    'a shipped origin never reaches $address',
    ({ address, verdict }) => {
      expect(mayConnect(address, shipped)).toEqual({ ok: false, reason: verdict })
    },
  )

  it.each(corpus.filter(({ verdict }) => ['metadata', 'reserved', 'invalid'].includes(verdict)))(
    'no policy opens $address',
    ({ address, verdict }) => {
      const open = { private: true, cidrs: ['0.0.0.0/0', '::/0'], loopback: true }
      expect(mayConnect(address, open)).toEqual({ ok: false, reason: verdict })
    },
  )

  it('lets every origin reach a public address, listed or not', () => {
    for (const policy of [shipped, local, { private: true, cidrs: ['10.0.0.0/8'] }])
      expect(mayConnect('8.8.8.8', policy)).toEqual({ ok: true })
  })

  it('lets an origin given locally reach private and loopback addresses', () => {
    for (const address of ['10.1.2.3', 'fd12::1', '127.0.0.1', '::1', '::ffff:10.1.2.3'])
      expect(mayConnect(address, local)).toEqual({ ok: true })
  })

  it('keeps a local origin inside its ranges, whatever the spelling', () => {
    const policy = { private: true, cidrs: ['10.20.0.0/16', 'fd12:3456::/32'] }
    for (const address of ['10.20.30.40', '::ffff:10.20.30.40', '64:ff9b::a14:1e28', 'fd12:3456::1'])
      expect(mayConnect(address, policy)).toEqual({ ok: true })
    for (const address of ['10.21.0.1', '127.0.0.1', 'fd12:3457::1', '192.168.0.1'])
      expect(mayConnect(address, policy)).toEqual({ ok: false, reason: 'outside_cidrs' })
  })

  it('takes a range that cannot be read as one that holds nothing', () => {
    expect(mayConnect('10.1.2.3', { private: true, cidrs: ['ten/8'] })).toEqual({ ok: false, reason: 'outside_cidrs' })
  })

  it('decides about loopback alone where the policy says so', () => {
    expect(mayConnect('127.0.0.1', { private: false, cidrs: [], loopback: true })).toEqual({ ok: true })
    expect(mayConnect('10.0.0.1', { private: false, cidrs: [], loopback: true })).toMatchObject({ reason: 'private' })
    expect(mayConnect('127.0.0.1', { ...local, loopback: false })).toEqual({ ok: false, reason: 'loopback' })
  })
})

describe('isMetadataName', () => {
  it.each([
    'metadata.google.internal',
    'METADATA.Google.Internal.',
    'x.metadata.google.internal',
    'metadata',
    'instance-data.ec2.internal',
  ])('%s is one', host => {
    expect(isMetadataName(host)).toBe(true)
  })

  it.each(['api.openai.com', 'metadata.example.com', 'my-metadata', 'internal'])('%s is none', host => {
    expect(isMetadataName(host)).toBe(false)
  })
})

describe('readOrigin', () => {
  it.each([
    ['https://api.openai.com', 'https', 'api.openai.com', 443],
    ['http://localhost:11434', 'http', 'localhost', 11434],
    ['https://API.OpenAI.com:8443', 'https', 'api.openai.com', 8443],
    ['http://10.1.2.3', 'http', '10.1.2.3', 80],
    ['http://[::1]:8080', 'http', '::1', 8080],
    ['https://[2606:4700:0::6812:06C0]', 'https', '2606:4700::6812:6c0', 443],
    ['http://my_service', 'http', 'my_service', 80],
    ['https://xn--bcher-kva.example', 'https', 'xn--bcher-kva.example', 443],
    ['https://3com.example', 'https', '3com.example', 443],
  ])('%s is an origin', (text, scheme, host, port) => {
    expect(readOrigin(text)).toEqual({ scheme, host, port })
  })

  it.each([
    'https://api.openai.com.',
    'https://api.openai.com/',
    'https://api.openai.com/v1',
    'https://api.openai.com?a',
    'https://api.openai.com#a',
    'https://api.openai.com\\@evil.com',
    'https://api.openai.com.@evil.com',
    'https://user@api.openai.com',
    'https://user:pass@api.openai.com',
    ' https://api.openai.com',
    'https://api.openai.com\n',
    'HTTPS://api.openai.com',
    'ftp://api.openai.com',
    '//api.openai.com',
    'https:api.openai.com',
    'https://',
    'https://api..openai.com',
    'https://-api.openai.com',
    'https://.openai.com',
    'https://bücher.example',
    'https://ａpi.openai.com',
    'https://api%2eopenai.com',
    'http://2130706433',
    'http://127.1',
    'http://0x7f.1',
    'http://0x7f000001',
    'http://0177.0.0.1',
    'http://127.0.0.01',
    'http://1.2.3.256',
    'http://example.1',
    'http://[::1',
    'http://::1',
    'http://[fe80::1%25eth0]',
    'http://[1::2::3]',
    'http://host:0',
    'http://host:65536',
    'http://host:080',
    'http://host:',
    `http://${'a'.repeat(64)}.example`,
    `http://${'a.'.repeat(127)}example`,
  ])('%j is none', text => {
    expect(readOrigin(text)).toBeNull()
  })

  it('means the same host and port as the URL that is made of it', () => {
    property(
      fc.property(fc.webAuthority({ withPort: true }), fc.constantFrom('http', 'https'), (authority, scheme) => {
        const origin = readOrigin(`${scheme}://${authority}`)
        if (origin === null) return
        const url = new URL(`${scheme}://${authority}`)
        expect(origin.host).toBe(url.hostname.replace(/^\[|\]$/g, ''))
        expect(`${origin.port}`).toBe(url.port === '' ? (scheme === 'http' ? '80' : '443') : url.port)
      }),
    )
  })
})
