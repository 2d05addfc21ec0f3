import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { type Duplex, duplexPair } from 'node:stream'
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls'
import type { Issued } from './certificates.ts'
import { type RequestText, readRequest } from './request-text.ts'

/**
 * Somebody who may be reached: a TCP server on loopback that keeps every byte, and speaks TLS to whoever begins with it,
 * posing as whatever name is asked for. What is encrypted is kept as it came and as it reads.
 */
export interface Party {
  readonly port: number
  readonly connections: () => number
  /** Everything that came, since it was last forgotten. */
  readonly record: () => string
  /** Each request that was understood. */
  readonly requests: () => readonly RequestText[]
  readonly forget: () => void
  /** Resolves when so many have come and all of them have gone, or after a while. */
  readonly quiet: (connections: number) => Promise<void>
  readonly close: () => Promise<void>
}

export interface Manner {
  /** What it shows to who wants `name`; without one it is asked by address. */
  readonly certificate: (name: string | null) => Issued
  /** Null says nothing, ever. `tunnel` after an answer hands the connection on to whoever was asked for. */
  readonly answer: (request: RequestText) => string | null
  /** The way on, after an answer that opened a tunnel. */
  readonly tunnel?: (request: RequestText) => number | null
}

const tlsHandshake = 0x16

export const startParty = async (manner: () => Manner): Promise<Party> => {
  let pieces: string[] = []
  let requests: RequestText[] = []
  let connections = 0
  let lookAgain = (): void => {}
  const open = new Set<Socket>()
  const notes: Notes = {
    keep: bytes => pieces.push(bytes.toString('latin1')),
    asked: request => requests.push(request),
  }
  const server = createServer(socket => {
    connections += 1
    open.add(socket)
    socket.on('error', () => {})
    socket.once('close', () => {
      open.delete(socket)
      lookAgain()
    })
    greet(socket, manner(), notes)
  })
  return {
    port: await listen(server),
    connections: () => connections,
    record: () => pieces.join('\n'),
    requests: () => requests,
    forget() {
      pieces = []
      requests = []
      connections = 0
    },
    quiet: wanted =>
      new Promise(resolve => {
        const timer = setTimeout(resolve, longestMs)
        lookAgain = () => {
          if (open.size > 0 || connections < wanted) return
          clearTimeout(timer)
          resolve()
        }
        lookAgain()
      }),
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        for (const socket of open) socket.destroy()
      }),
  }
}

const longestMs = 2_000

const listen = (server: Server): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })

interface Notes {
  readonly keep: (bytes: Buffer) => unknown
  readonly asked: (request: RequestText) => unknown
}

/** The bytes are kept on their way to TLS, which would otherwise have them all to itself. */
const greet = (socket: Socket, manner: Manner, notes: Notes): void => {
  const [near, far] = duplexPair()
  for (const end of [near, far]) end.on('error', () => {})
  socket.on('data', bytes => {
    notes.keep(bytes)
    near.write(bytes)
  })
  socket.on('end', () => near.end())
  near.on('data', bytes => socket.write(bytes))
  near.on('end', () => socket.end())
  socket.once('data', first => {
    if (first[0] === tlsHandshake) speak(secured(far, manner), manner, { ...notes, keepClear: notes.keep })
    else speak(far, manner, { ...notes, keepClear: () => {} })
  })
}

const contextOf = ({ key, cert }: Issued): SecureContext => createSecureContext({ key, cert })

const secured = (over: Duplex, { certificate }: Manner): Duplex => {
  const secure = new TLSSocket(over as Socket, {
    isServer: true,
    secureContext: contextOf(certificate(null)),
    SNICallback: (name, done) => done(null, contextOf(certificate(name))),
    ALPNProtocols: ['http/1.1'],
  })
  secure.on('error', () => {})
  return secure
}

const speak = (stream: Duplex, manner: Manner, notes: Notes & { readonly keepClear: Notes['keep'] }): void => {
  let text = ''
  const onData = (bytes: Buffer): void => {
    notes.keepClear(bytes)
    text += bytes.toString('latin1')
    const request = readRequest(text)
    if (request === null) return
    text = ''
    notes.asked(request)
    const said = manner.answer(request)
    if (said === null) return
    const onTo = manner.tunnel?.(request) ?? null
    if (onTo === null) {
      endOrStay(stream, request, said)
      return
    }
    stream.off('data', onData)
    stream.write(said)
    lead(stream, onTo, notes.keepClear)
  }
  stream.on('data', onData)
}

/** A connection that is being warmed has another question to carry. */
const endOrStay = (stream: Duplex, { headers }: RequestText, said: string): void => {
  if (headers.some(header => /^connection: *close$/i.test(header))) stream.end(said)
  else stream.write(said.replace('\r\nconnection: close\r\n', '\r\nconnection: keep-alive\r\n'))
}

/** From here on the proxy is a pipe, and still keeps what passes. */
const lead = (stream: Duplex, port: number, keep: Notes['keep']): void => {
  const onward = connect({ host: '127.0.0.1', port })
  onward.on('error', () => stream.destroy())
  stream.on('data', bytes => {
    keep(bytes)
    onward.write(bytes)
  })
  stream.once('close', () => onward.destroy())
  stream.once('end', () => onward.end())
  onward.pipe(stream)
}
