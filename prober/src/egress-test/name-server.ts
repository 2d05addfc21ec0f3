import { createSocket } from 'node:dgram'
import { Resolver } from 'node:dns/promises'
import { isIP } from 'node:net'
import type { Resolve } from '../transport/resolve.ts'
import { addressBytes } from './address-bytes.ts'
import { type DnsQuestion, type DnsRecord, readQuestion, recordTypes, writeAnswer, writeName } from './dns-message.ts'

/**
 * A real name server, over UDP on loopback, that lies as it is told to; and the real resolver of Node that asks it. What
 * is not real is only that the system would be asked by getaddrinfo.
 */
export interface NameServer {
  readonly resolve: Resolve
  /** Every name that was asked for. */
  readonly asked: () => readonly string[]
  /** The next time is the first one again. */
  readonly startAgain: () => void
  readonly close: () => Promise<void>
}

/** What a name is said to be this time: addresses, and `cname NAME` before those of another name. */
export type Told = (name: string, time: number) => readonly string[]

export const startNameServer = async (told: Told): Promise<NameServer> => {
  const asked: string[] = []
  const times = new Map<string, number>()
  const socket = createSocket('udp4')
  socket.on('message', (message, { port, address }) => {
    const question = readQuestion(message)
    asked.push(question.name)
    if (question.type === recordTypes.a) times.set(question.name, (times.get(question.name) ?? 0) + 1)
    const words = told(question.name, times.get(question.name) ?? 1)
    socket.send(writeAnswer(question, recordsOf(question, words)), port, address)
  })
  await new Promise<void>(resolve => socket.bind(0, '127.0.0.1', resolve))
  const resolver = new Resolver({ timeout: 2_000, tries: 2 })
  resolver.setServers([`127.0.0.1:${socket.address().port}`])
  return {
    resolve: async host => {
      const four = await resolver.resolve4(host).catch(noneOf)
      const six = await resolver.resolve6(host).catch(noneOf)
      return [...four, ...six]
    },
    asked: () => asked,
    startAgain: () => times.clear(),
    close: () => new Promise(resolve => socket.close(() => resolve())),
  }
}

/** A name may have addresses of one family only. */
const noneOf = (error: unknown): readonly string[] => {
  if (error instanceof Error && 'code' in error && error.code === 'ENODATA') return []
  throw error
}

const recordsOf = ({ type }: DnsQuestion, words: readonly string[]): readonly DnsRecord[] =>
  words.flatMap((word): readonly DnsRecord[] => {
    const [first = '', name] = word.split(' ')
    if (name !== undefined) return [{ type: recordTypes.cname, data: writeName(name) }]
    const isWanted = (isIP(first) === 4 ? recordTypes.a : recordTypes.aaaa) === type
    return isWanted ? [{ type, data: addressBytes(first) }] : []
  })
