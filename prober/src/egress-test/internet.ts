import { connect as connectTcp } from 'node:net'
import type { Connect } from '../transport/open.ts'
import type { Resolve } from '../transport/resolve.ts'
import { type Authority, createAuthority, type Issued } from './certificates.ts'
import { startNameServer } from './name-server.ts'
import { type Party, startParty } from './party.ts'
import { goodAnswer, type RequestText } from './request-text.ts'

/**
 * The internet as it is for one run, on loopback: the provider's own server, a proxy, and the sink, which is everybody
 * else. A connection to any address is made, for real, to one of the three, and then claims to be with that address. So
 * nothing leaves this machine, and whatever the guard lets through is received, whole, by somebody who keeps it.
 */
export interface Internet {
  readonly resolve: Resolve
  readonly connect: Connect
  /** PEM: vouches for everybody here, but for impostors. */
  readonly ca: string
  readonly own: Party
  readonly proxy: Party
  readonly sink: Party
  /** Names that were asked of the name server since the scene was set. */
  readonly asked: () => readonly string[]
  readonly set: (scene: Scene) => void
  /** Resolves when nobody is connected any more. */
  readonly quiet: () => Promise<void>
  readonly close: () => Promise<void>
}

/** What is different in one case. */
export interface Scene {
  /** `address:port` of the provider's own server. */
  readonly own: string
  /** Who stands there. */
  readonly ownIs?: 'server' | 'sink'
  /** `address:port` of the proxy, where there is one. */
  readonly proxy?: string
  /** What a name is said to be, one time after another; the last goes on. */
  readonly names?: Readonly<Record<string, readonly (readonly string[])[]>>
  /** Whom every connection turns out to be with, whatever was dialled. */
  readonly peer?: string
  readonly certificate?: 'good' | 'another_name' | 'unknown_authority' | 'expired'
  readonly ownAnswers?: (request: RequestText) => string
  /** What the proxy says to CONNECT; 200 opens the tunnel. */
  readonly proxyAnswers?: string
  readonly proxyLeadsTo?: 'own' | 'sink'
}

/** An address that the guard calls public, and that nothing here is ever sent to. */
const strayAddress = '198.20.0.66'
export const ownAddress = '198.20.0.10'
export const nobody: Scene = { own: `${ownAddress}:443` }

export const startInternet = async (nowMs: number): Promise<Internet> => {
  const authority = createAuthority(nowMs)
  const stranger = createAuthority(nowMs)
  let scene = nobody
  let dialled = { host: strayAddress, own: 0, proxy: 0, sink: 0 }
  let asked = 0
  const names = await startNameServer((name, time) => told(scene, name, time))

  const certificate = (name: string | null): Issued =>
    posing(scene, { authority, stranger, host: name ?? dialled.host })
  const sink = await startParty(() => ({ certificate, answer: goodAnswer }))
  const own = await startParty(() => ({ certificate, answer: scene.ownAnswers ?? goodAnswer }))
  const proxy = await startParty(() => ({
    certificate,
    answer: () => scene.proxyAnswers ?? tunnelOpen,
    tunnel: () => {
      const isOpen = (scene.proxyAnswers ?? tunnelOpen) === tunnelOpen
      return isOpen ? { own, sink }[scene.proxyLeadsTo ?? 'own'].port : null
    },
  }))
  const parties = { own, proxy, sink }

  return {
    ...parties,
    ca: authority.ca,
    resolve: names.resolve,
    connect: (address, port) => {
      const who = whoIs(scene, `${address}:${port}`)
      dialled = { ...dialled, host: address, [who]: dialled[who] + 1 }
      const socket = connectTcp({ host: '127.0.0.1', port: parties[who].port, autoSelectFamily: false, noDelay: true })
      return Object.defineProperty(socket, 'remoteAddress', { get: () => scene.peer ?? address })
    },
    asked: () => names.asked().slice(asked),
    set(next) {
      scene = next
      dialled = { host: strayAddress, own: 0, proxy: 0, sink: 0 }
      asked = names.asked().length
      names.startAgain()
      for (const party of Object.values(parties)) party.forget()
    },
    quiet: async () => {
      await own.quiet(dialled.own)
      await proxy.quiet(dialled.proxy)
      await sink.quiet(dialled.sink)
    },
    close: async () => {
      for (const each of [own, proxy, sink, names]) await each.close()
    },
  }
}

const tunnelOpen = 'HTTP/1.1 200 Connection established\r\n\r\n'

const whoIs = ({ own, ownIs = 'server', proxy }: Scene, place: string): 'own' | 'proxy' | 'sink' => {
  if (place === proxy) return 'proxy'
  return place === own && ownIs === 'server' ? 'own' : 'sink'
}

const told = ({ own, names = {} }: Scene, name: string, time: number): readonly string[] => {
  const times = names[name] ?? [[isProviderName(name) ? own.slice(0, own.lastIndexOf(':')) : strayAddress]]
  return times[Math.min(time, times.length) - 1] ?? []
}

const providerNames = [
  ...['api.openai.com', 'api.anthropic.com', 'generativelanguage.googleapis.com'],
  ...['iam.cloud.ibm.com', 'us-south.ml.cloud.ibm.com'],
]
const isProviderName = (name: string): boolean => providerNames.includes(name)

interface Posing {
  readonly authority: Authority
  readonly stranger: Authority
  readonly host: string
}

const posing = ({ certificate = 'good' }: Scene, { authority, stranger, host }: Posing): Issued => {
  switch (certificate) {
    case 'good':
      return authority.issue(host)
    case 'another_name':
      return authority.issue('another.example')
    case 'unknown_authority':
      return stranger.issue(host)
    case 'expired':
      return authority.issue(host, 'expired')
  }
}
