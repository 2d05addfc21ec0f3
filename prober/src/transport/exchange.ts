import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Clock } from '../probe.ts'
import { createAlarm } from './alarm.ts'
import { type Arrivals, stampArrivals } from './arrivals.ts'
import { type Attempt, caps, type Failure, type Head, type Listener } from './attempt.ts'
import { nextDeadline, type Waiting, waitingFor } from './deadlines.ts'
import { errnoOf } from './errno.ts'
import { createIntake, type Intake } from './intake.ts'

/**
 * One request and its answer over a connection that is already open.
 *
 * Invariants
 * - One request, one answer: no retry, no redirect, no second connection. The socket is destroyed at the end, unless the
 *   next one is to be asked on it; then nothing of this one listens to it any more.
 * - Whatever happens, it settles once, with what was seen until then; the last deadline sees to that.
 * - What had arrived before an error or an end is read before either is believed.
 */
export interface Exchanged {
  readonly sent: number | null
  readonly firstByte: number | null
  readonly lastByte: number | null
  readonly head: Head | null
  readonly failure: Failure | null
}

export interface ExchangeInput {
  readonly socket: Socket
  readonly attempt: Attempt
  readonly listener: Listener
  readonly clock: Pick<Clock, 'monoUs'>
  readonly startedUs: number
  readonly signal: AbortSignal
  /** Of a good answer; after any other the socket is closed. */
  readonly after: 'close' | 'keep'
}

export const exchange = ({ socket, attempt, listener, clock, startedUs, signal, after }: ExchangeInput) =>
  new Promise<Exchanged>(resolve => {
    const request = openRequest(attempt, { socket, after })
    let arrivals: Arrivals | null = null
    let intake: Intake | null = null
    let head: Head | null = null
    let sentUs: number | null = null
    let sawEnd = false
    let ending: { readonly errno: string | null } | null = null
    let hints = 0
    let isReading = false
    let isOver = false

    const now = (): Waiting => ({
      startedUs,
      isSent: sentUs !== null,
      hasFirstByte: arrivals?.firstUs() != null,
      awaitsToken: intake?.awaitsToken() ?? attempt.awaitsToken,
      lastByteUs: arrivals?.lastUs() ?? startedUs,
    })

    const noteEnd = (): void => {
      sawEnd = true
    }

    const over = (failure: Failure | null): void => {
      if (isOver) return
      isOver = true
      alarm.clear()
      signal.removeEventListener('abort', cancel)
      intake?.stop()
      if (after === 'keep' && failure === null) letGo()
      else {
        request.destroy()
        socket.destroy()
      }
      const lastByte = failure === null ? (intake?.completeUs() ?? arrivals?.lastUs() ?? null) : null
      resolve({ sent: sentUs, firstByte: arrivals?.firstUs() ?? null, lastByte, head, failure })
    }
    const letGo = (): void => {
      arrivals?.stop()
      socket.off('end', noteEnd)
    }
    const fail = (errno: string) => over({ operation: waitingFor(now()), errno })
    const cancel = () => fail('ECANCELED')

    const alarm = createAlarm(() => {
      const { operation, atUs } = nextDeadline(now(), attempt.deadlines)
      if (clock.monoUs() >= atUs) over({ operation, errno: 'ETIMEDOUT' })
      else rearm()
    })
    const rearm = () => alarm.set((nextDeadline(now(), attempt.deadlines).atUs - clock.monoUs()) / 1000)

    const stampSent = (): void => {
      if (!socket.destroyed) sentUs ??= clock.monoUs()
    }

    const readWaiting = async (): Promise<void> => {
      if (isReading || isOver) return
      isReading = true
      await intake?.read(ending?.errno === null)
      isReading = false
      conclude()
    }

    const conclude = (): void => {
      const broken = intake?.errno() ?? null
      if (intake?.completeUs() != null) over(null)
      else if (broken !== null) fail(broken)
      else if (intake?.isWaiting()) setImmediate(readWaiting)
      else if (ending !== null) ending.errno === null ? over(null) : fail(ending.errno)
      else rearm()
    }

    /** The first word counts; it is believed once everything that came before it was read. */
    const end = (errno: string | null): void => {
      ending ??= { errno: errno === 'ECONNRESET' && sawEnd ? 'EOF' : errno }
      setImmediate(readWaiting)
    }
    const broke = (error: unknown) => end(errnoOf(error))

    const answered = (message: IncomingMessage): void => {
      head = headOf(message)
      intake = createIntake(listener, { coding: head.headers['content-encoding'], awaitsToken: attempt.awaitsToken })
      listener.head(head)
      message.on('data', (bytes: Uint8Array) => {
        intake?.take({ bytes, atUs: arrivals?.nowUs() ?? clock.monoUs() })
        if ((arrivals?.wireBytes() ?? 0) > caps.wireBytes) end('EFBIG')
      })
      message.on('end', () => end(null))
      message.on('error', broke)
    }

    request.once('socket', () => {
      arrivals = stampArrivals(socket, clock, readWaiting)
      socket.prependOnceListener('end', noteEnd)
      // what is small is flushed into the kernel right after this event (README.md, "sent")
      if (isSmall(attempt)) process.nextTick(stampSent)
    })
    request.once('finish', stampSent)
    request.on('information', () => {
      hints += 1
      if (hints > caps.hints) fail('EFBIG')
    })
    request.once('response', answered)
    request.once('upgrade', () => end('HPE_PAUSED_UPGRADE'))
    request.on('error', broke)
    request.once('close', () => end('ECONNRESET'))
    if (signal.aborted) return cancel()
    signal.addEventListener('abort', cancel)
    rearm()
    request.end(attempt.body ?? undefined)
  })

const openRequest = (attempt: Attempt, { socket, after }: Pick<ExchangeInput, 'socket' | 'after'>): ClientRequest =>
  httpRequest({
    createConnection: () => socket,
    method: attempt.method,
    path: attempt.path,
    headers: { ...attempt.headers, connection: after === 'keep' ? 'keep-alive' : 'close' },
    setHost: false,
    maxHeaderSize: caps.headerBytes,
    insecureHTTPParser: false,
  })

const headOf = (message: IncomingMessage): Head => ({
  status: message.statusCode ?? 0,
  headers: Object.fromEntries(Object.entries(message.headers).map(([name, value]) => [name, [value].flat()[0]])),
})

/** A fresh connection's send buffer takes this much at once. */
const atOnceBytes = 12_288
const isSmall = ({ path, headers, body }: Attempt): boolean => {
  const headBytes = Object.entries(headers).reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0)
  return path.length + headBytes + Buffer.byteLength(body ?? '') < atOnceBytes
}
