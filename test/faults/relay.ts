import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { jwsHeader, signReceipt } from '@llmstatus/shared/batch'
import { keyFromSeed } from '@llmstatus/shared/identity'
import { sha256 } from '@llmstatus/shared/ids'
import type { Chance } from './chance-of.ts'

/**
 * What stands between a prober and its aggregator, and does to a connection what networks do.
 *
 * through: nothing · short: it ends after a while, whatever is being said · late: answers wait · cut: both sides lose it after so many bytes of answer · half: after so many bytes of
 * question · twice: the aggregator hears everything on two connections · reset: before anything was said · refused: nobody
 * listens · the others are answered by somebody else, who never asks the aggregator
 */
export const fates = [
  'through',
  'short',
  'late',
  'cut',
  'half',
  'twice',
  'reset',
  'portal_page',
  'portal_redirect',
  'portal_json',
  'forged_receipt',
  'stale_receipt',
] as const
export type Fate = (typeof fates)[number]

export interface Relay {
  readonly url: string
  /** Decides about each connection from now on; those that are open are gone. */
  readonly set: (fate: () => Fate) => void
  /** How many connections met each. */
  readonly met: () => Readonly<Record<string, number>>
  /** Nobody listens any more, or again. */
  readonly away: () => Promise<void>
  readonly back: () => Promise<void>
  readonly close: () => Promise<void>
}

export const startRelay = async (to: string, chance: Chance): Promise<Relay> => {
  const target = Number(new URL(to).port)
  const open = new Set<Socket>()
  const met: Record<string, number> = {}
  let fate: () => Fate = () => 'through'
  let lastReceipt = ''
  const track = (socket: Socket): Socket => {
    open.add(socket)
    socket.on('error', () => undefined)
    socket.once('close', () => open.delete(socket))
    return socket.setNoDelay(true)
  }
  const server = createServer(client => {
    track(client)
    const next = fate()
    met[next] = (met[next] ?? 0) + 1
    const hear = (bytes: Buffer): void => {
      lastReceipt = /"receipt":"([^"]+)"/.exec(bytes.toString('latin1'))?.[1] ?? lastReceipt
    }
    const aggregator = () => track(connect(target, '127.0.0.1'))
    play(next, { client, aggregator, chance, hear, lastReceipt: () => lastReceipt })
  })
  const listen = async (port: number): Promise<number> => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  }
  const drop = (): void => {
    for (const socket of open) socket.destroy()
  }
  const away = async (): Promise<void> => {
    const closed = once(server, 'close')
    server.close()
    drop()
    await closed
  }
  const port = await listen(0)
  return {
    url: `http://127.0.0.1:${port}`,
    set: next => {
      fate = next
      drop()
    },
    met: () => met,
    away,
    back: async () => void (await listen(port)),
    close: async () => {
      if (server.listening) await away()
    },
  }
}

interface Meeting {
  readonly client: Socket
  readonly aggregator: () => Socket
  readonly chance: Chance
  readonly hear: (answer: Buffer) => void
  readonly lastReceipt: () => string
}

const play = (fate: Fate, meeting: Meeting): void => {
  const { client } = meeting
  const trouble = troubleOf(fate, meeting)
  if (fate === 'reset') client.resetAndDestroy()
  else if (trouble !== null) join(meeting, trouble)
  else client.once('data', question => void answerAs(fate, meeting, question.toString('latin1')))
}

/** Null where somebody else answers. */
const troubleOf = (fate: Fate, { chance, aggregator }: Meeting): Trouble | null => {
  if (fate === 'through') return {}
  if (fate === 'short') return { lifeMs: 20 + chance.below(500) }
  if (fate === 'late') return { lateMs: 50 + chance.below(500), lifeMs: 300 + chance.below(500) }
  if (fate === 'cut') return { answerBytes: chance.below(1200) }
  if (fate === 'half') return { questionBytes: 1 + chance.below(4000) }
  return fate === 'twice' ? { echo: aggregator(), lifeMs: 100 + chance.below(500) } : null
}

interface Trouble {
  /** After this time it is over, whatever is being said. */
  readonly lifeMs?: number
  readonly lateMs?: number
  readonly answerBytes?: number
  readonly questionBytes?: number
  /** Hears what the aggregator hears; what is said to it is for nobody. */
  readonly echo?: Socket
}

const join = ({ client, aggregator, hear }: Meeting, trouble: Trouble): void => {
  const { lifeMs = 3_600_000, lateMs = 0, answerBytes = Infinity, questionBytes = Infinity, echo } = trouble
  const server = aggregator()
  const end = (): void => {
    client.destroy()
    server.destroy()
    echo?.end()
  }
  echo?.resume()
  passOn(client, [server, ...(echo === undefined ? [] : [echo])], { mostBytes: questionBytes, lateMs: 0, over: end })
  server.on('data', hear)
  passOn(server, [client], { mostBytes: answerBytes, lateMs, over: end })
  const aged = setTimeout(end, lifeMs)
  client.once('close', () => {
    clearTimeout(aged)
    end()
  })
  server.once('close', () => setTimeout(end, lateMs))
}

interface Passing {
  readonly mostBytes: number
  readonly lateMs: number
  readonly over: () => void
}

const passOn = (from: Socket, to: readonly Socket[], { mostBytes, lateMs, over }: Passing): void => {
  let left = mostBytes
  from.on('data', bytes => {
    const passed = bytes.subarray(0, Math.min(left, bytes.length))
    left -= passed.length
    const isOver = left <= 0
    const send = (): void => {
      for (const socket of to) if (socket.writable) socket.write(passed)
      if (isOver) setImmediate(over)
    }
    if (lateMs === 0) send()
    else setTimeout(send, lateMs)
  })
}

const page = '<html><title>Welcome</title><p>Please sign in to this network</p></html>'

const answerAs = async (fate: Fate, { client, lastReceipt }: Meeting, question: string): Promise<void> => {
  const jws = new RegExp(`^${jwsHeader}: (\\S+)`, 'im').exec(question)?.[1] ?? ''
  const claims = claimsOf(jws)
  const answer = async (): Promise<string> => {
    if (fate === 'portal_page') return http('200 OK', 'text/html', page)
    if (fate === 'portal_redirect')
      return http('302 Found', 'text/html', page, 'Location: http://192.0.2.1/sign-in\r\n')
    if (fate === 'portal_json') return json({ status: 'ok', seq: claims.seq, receipt: 'welcome', rejected: [] })
    if (fate === 'stale_receipt') return json({ seq: claims.seq, receipt: lastReceipt(), rejected: [] })
    return json({ seq: claims.seq, receipt: await forgedFor(jws, claims), rejected: [] })
  }
  client.end(await answer())
}

/** All is as it should be, but the key. */
const forgedFor = async (jws: string, { seq, iss }: ReturnType<typeof claimsOf>): Promise<string> => {
  const somebody = await keyFromSeed(new Uint8Array(32).fill(9))
  return signReceipt(somebody, { sub: iss as never, seq, h: sha256(jws) })
}

const claimsOf = (jws: string): { readonly seq: number; readonly iss: string } => {
  const payload = Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString('utf8')
  return payload === '' ? { seq: 1, iss: '' } : JSON.parse(payload)
}

const json = (value: object): string => http('200 OK', 'application/json', JSON.stringify(value))

const http = (status: string, type: string, body: string, more = ''): string =>
  `HTTP/1.1 ${status}\r\nContent-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n${more}Connection: close\r\n\r\n${body}`
