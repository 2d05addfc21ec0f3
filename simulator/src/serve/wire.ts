import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'

/** One answer on its way out, every write of it in the log. */
export interface Wire {
  readonly head: (status: number, headers: Readonly<Record<string, string>>) => void
  /** False: the kernel takes no more for now. */
  readonly write: (bytes: Uint8Array, token: number | null) => boolean
  readonly drained: (signal: AbortSignal) => Promise<void>
  readonly end: () => void
  readonly reset: () => void
}

export interface Who {
  readonly provider: string
  readonly conn: number
  readonly req: number
}

export interface Line {
  readonly response: ServerResponse
  /** The TCP socket, under the TLS one where there is TLS. */
  readonly raw: Socket
  readonly who: Who
}

/** What ends a chunked body. */
const lastChunkBytes = 5

export const wireOf = (
  { response, raw, who }: Line,
  { log, clock }: { readonly log: Log; readonly clock: Clock },
): Wire => {
  const note = (event: 'write' | 'end', bytes: number, token: number | null) =>
    log.add({ t_us: clock.monoUs(), ...who, event, bytes, token })
  return {
    head: (status, headers) => void response.writeHead(status, headers),
    write(bytes, token) {
      const socket = response.socket
      if (socket === null || socket.destroyed) return true
      // Corked, the head, the chunk's frame and its bytes are one write; uncorking hands it over now and not at the end
      // of the tick, so that the time that is noted is the time at which it goes.
      socket.cork()
      const more = response.write(bytes)
      note('write', bytes.length, token)
      socket.uncork()
      return more
    },
    drained: signal =>
      new Promise(resolve => {
        if (signal.aborted || !response.writableNeedDrain) return resolve()
        const done = () => {
          response.off('drain', done)
          signal.removeEventListener('abort', done)
          resolve()
        }
        response.once('drain', done)
        signal.addEventListener('abort', done)
      }),
    end() {
      note('end', response.chunkedEncoding ? lastChunkBytes : 0, null)
      response.end()
    },
    reset() {
      note('end', 0, null)
      raw.resetAndDestroy()
    },
  }
}
