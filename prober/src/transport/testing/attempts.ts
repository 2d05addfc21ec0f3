import type { Attempt, Attempted, Head } from '../attempt.ts'
import { createTransport, type TransportDeps } from '../transport.ts'

/** Real microseconds, whole ones, as the program's own clock gives them. */
export const realClock = { nowMs: () => Date.now(), monoUs: () => Math.round(performance.now() * 1000) }

export const generous = { connectMs: 4_000, firstByteMs: 4_000, firstTokenMs: 4_000, stallMs: 4_000, totalMs: 5_000 }

export const attemptTo = (port: number, change: Partial<Attempt> = {}): Attempt => ({
  origin: { scheme: 'http', host: '127.0.0.1', port },
  goal: 'answer',
  method: 'GET',
  path: '/',
  headers: { host: 'localhost' },
  body: null,
  net: { private: true, cidrs: [] },
  ca: null,
  proxy: null,
  awaitsToken: false,
  wantsCertificate: false,
  deadlines: generous,
  ...change,
})

export interface Heard extends Attempted {
  readonly startedUs: number
  readonly endedUs: number
  readonly heads: readonly Head[]
  readonly chunks: readonly { readonly text: string; readonly atUs: number }[]
  readonly text: string
}

interface Trial {
  readonly signal?: AbortSignal
  readonly deps?: Partial<TransportDeps>
  /** What the listener makes of the text so far. */
  readonly progress?: (text: string) => 'waiting' | 'generating' | 'complete'
}

export const tryIt = async (attempt: Attempt, trial: Trial = {}): Promise<Heard> => {
  const { signal = new AbortController().signal, deps = {}, progress = () => 'generating' as const } = trial
  const heads: Head[] = []
  const chunks: { text: string; atUs: number }[] = []
  let text = ''
  const transport = createTransport({ clock: realClock, resolve: async () => ['127.0.0.1'], ...deps })
  const startedUs = realClock.monoUs()
  const attempted = await transport(
    attempt,
    {
      head: head => heads.push(head),
      chunk: (bytes, atUs) => {
        const piece = Buffer.from(bytes).toString('latin1')
        chunks.push({ text: piece, atUs })
        text += piece
        return progress(text)
      },
    },
    signal,
  )
  return { ...attempted, startedUs, endedUs: realClock.monoUs(), heads, chunks, text }
}
