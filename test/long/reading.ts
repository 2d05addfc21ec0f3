import { type ClassifyFacts, classify, sharedSignals, signals } from '@llmstatus/shared/classify'
import { dialectOf } from '../../prober/src/dialects/dialects.ts'
import { createReader, type Reading } from '../../prober/src/dialects/reading.ts'
import type { Recorded } from './recorded.ts'

export type Asked = Omit<Recorded, 'name' | 'body'>

const question = { model: 'm-1', system: null, messages: [], maxTokens: 10, reasoning: false }

export const readerFor = ({ dialect, status, stream, quirks }: Asked) =>
  createReader(dialectOf(dialect), {
    status,
    asked: { method: 'POST', path: '/v1/chat', question: { ...question, stream }, expected: {}, quirks },
  })

/** As a probe reads: chunk n comes at n + 1 ms, and nothing more is read once nothing more matters. */
export const read = (asked: Asked, chunks: Iterable<Uint8Array>): Reading => {
  const reader = readerFor(asked)
  let atUs = 0
  for (const chunk of chunks) {
    atUs += 1000
    if (reader.chunk(chunk, atUs) === 'complete') break
  }
  return reader.end()
}

/** What must not depend on how the bytes came. */
export const timeless = ({ firstTokenUs, firstVisibleUs, arrivals, gapUs, ...facts }: Reading) => ({
  ...facts,
  sawToken: firstTokenUs !== null,
  sawVisible: firstVisibleUs !== null,
})

export const isKnownSignal = ({ dialect }: Asked, { signal }: Reading): boolean =>
  signal === null || signal in signals[dialect] || (sharedSignals as readonly string[]).includes(signal)

export const outcomeOf = ({ dialect, status }: Asked, reading: Reading) => {
  const us = { dns: 1, tcp: 2, tls: 3, sent: 4, first_byte: 5, last_byte: 999_999 }
  const facts: ClassifyFacts = {
    dialect,
    type: 'chat',
    keyed: true,
    timeout_ms: 30_000,
    http_status: status,
    errno: null,
    operation: null,
    signal: reading.signal,
    finish: reading.finish,
    content: 'none',
    us: { ...us, first_token: reading.firstTokenUs, first_visible: reading.firstVisibleUs },
    uncertainty_us: 0,
  }
  return classify(facts)
}
