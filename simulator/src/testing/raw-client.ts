import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

/** A client that hides nothing: what came on the socket, when, and how it ended. For tests. */
export interface Seen {
  /** end: the server closed · quiet: it said nothing more for a while · else the errno */
  readonly how: 'end' | 'quiet' | (string & {})
  /** connected: TCP · secured: TLS too */
  readonly reached: 'nothing' | 'connected' | 'secured'
  readonly head: string
  readonly status: number | null
  /** Without chunk framing. */
  readonly body: Buffer
  /** When each piece of the answer came, on the monotonic clock. */
  readonly arrivals: readonly { readonly tUs: number; readonly text: string }[]
  readonly localPort: number
}

export interface Ask {
  readonly method?: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly ca?: string
  /** Quiet for so long is for ever. */
  readonly quietMs?: number
  /** Enough: leave. */
  readonly atMostBytes?: number
}

export const askRaw = (origin: string, ask: Ask): Promise<Seen> =>
  new Promise(resolve => {
    const url = new URL(origin)
    const isTls = url.protocol === 'https:'
    const place = { host: url.hostname, port: Number(url.port) }
    const socket: Socket = isTls
      ? connectTls({ ...place, ...(ask.ca !== undefined && { ca: ask.ca }) })
      : connectTcp(place)
    const chunks: Buffer[] = []
    const arrivals: { tUs: number; text: string }[] = []
    let reached: Seen['reached'] = 'nothing'
    let localPort = 0
    let timer = setTimeout(() => finish('quiet'), ask.quietMs ?? 1500)
    const finish = (how: string) => {
      clearTimeout(timer)
      socket.destroy()
      resolve({ how, reached, arrivals, localPort, ...parts(Buffer.concat(chunks)) })
    }
    socket.once('connect', () => {
      reached = 'connected'
      localPort = socket.localPort ?? 0
      if (!isTls) socket.write(requestText(url, ask))
    })
    socket.once('secureConnect', () => {
      reached = 'secured'
      socket.write(requestText(url, ask))
    })
    socket.on('data', chunk => {
      arrivals.push({ tUs: Number(process.hrtime.bigint() / 1000n), text: chunk.toString('latin1') })
      chunks.push(chunk)
      clearTimeout(timer)
      timer = setTimeout(() => finish('quiet'), ask.quietMs ?? 1500)
      if (arrivals.reduce((sum, { text }) => sum + text.length, 0) > (ask.atMostBytes ?? Number.POSITIVE_INFINITY))
        finish('enough')
    })
    socket.once('end', () => finish('end'))
    socket.once('error', (error: NodeJS.ErrnoException) => finish(error.code ?? error.message))
  })

const requestText = (url: URL, ask: Ask): string => {
  const body = ask.body === undefined ? '' : typeof ask.body === 'string' ? ask.body : JSON.stringify(ask.body)
  const headers = { host: url.host, connection: 'close', 'content-length': Buffer.byteLength(body), ...ask.headers }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return `${ask.method ?? (body === '' ? 'GET' : 'POST')} ${ask.path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`
}

const parts = (all: Buffer): Pick<Seen, 'head' | 'status' | 'body'> => {
  const split = all.indexOf('\r\n\r\n')
  const head = all.subarray(0, split < 0 ? all.length : split).toString('latin1')
  const rest = split < 0 ? Buffer.alloc(0) : all.subarray(split + 4)
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? Number.NaN)
  const body = /^transfer-encoding: chunked/im.test(head) ? unchunked(rest) : rest
  return { head, status: Number.isNaN(status) ? null : status, body }
}

const unchunked = (framed: Buffer): Buffer => {
  const out: Buffer[] = []
  let at = 0
  while (at < framed.length) {
    const lineEnd = framed.indexOf('\r\n', at)
    const size = Number.parseInt(framed.subarray(at, lineEnd).toString('latin1'), 16)
    if (lineEnd < 0 || !(size > 0)) break
    out.push(framed.subarray(lineEnd + 2, lineEnd + 2 + size))
    at = lineEnd + 2 + size + 2
  }
  return Buffer.concat(out)
}
