import { createSend } from '../credentials/send.ts'
import { createReached, type Reached } from '../egress/reached.ts'
import { createMeasure, type MeasureDeps } from '../measure.ts'
import type { Measure, Probe, Slot } from '../probe.ts'
import { createTransport } from '../transport/transport.ts'

export const clock = { nowMs: () => Date.now(), monoUs: () => Number(process.hrtime.bigint() / 1000n) }

/** A loop that is never held: what a busy machine does to a test is not what the test is about. */
export const calm: MeasureDeps['monitor'] = { watch: () => ({ end: () => ({ longestUs: 0, heldUs: 0 }) }) }

export const measuring = (
  change: Partial<MeasureDeps> = {},
): { readonly measure: Measure; readonly reached: Reached } => {
  const reached = createReached()
  const measure = createMeasure({
    clock,
    random: bytes => new Uint8Array(bytes).fill(7),
    send: createSend(createTransport({ clock, resolve: async () => ['127.0.0.1'] }), clock),
    monitor: calm,
    pace: async () => {},
    reached,
    biasUs: () => 0,
    refused: () => {},
    ...change,
  })
  return { measure, reached }
}

export const slot: Slot = {
  id: '0193f4a0-0000-7000-8000-000000000001',
  slotMs: Date.parse('2026-11-20T12:00:00.000Z'),
  why: 'manual',
}

/** A streamed chat with a number to repeat, at this origin. */
export const chatProbe = (origin: string, change: Partial<Probe> = {}): Probe => ({
  provider: 'openai',
  model: 'gpt-4.1-nano',
  probe: 'chat',
  type: 'chat',
  dialect: 'openai',
  def: 'A'.repeat(43),
  credential: {
    name: 'openai',
    provider: 'openai',
    origin,
    auth: null,
    headers: {},
    allow: ['POST /v1/chat/completions', 'GET /v1/models'],
    net: { private: true, cidrs: [] },
    ca: null,
    proxy: null,
  },
  origin: 'set',
  method: 'POST',
  path: '/v1/chat/completions',
  question: {
    model: 'gpt-4.1-nano',
    system: null,
    messages: [{ role: 'user', content: 'Repeat this number and nothing else: {{nonce}}' }],
    maxTokens: 64,
    stream: true,
    reasoning: false,
  },
  expected: { response_contains: '{{nonce}}' },
  quirks: {},
  rateLimitHeaders: {},
  price: { input: 0.1, output: 0.4 },
  everyMs: 60_000,
  timeoutMs: 5_000,
  sla: null,
  billed: true,
  reasoning: false,
  ...change,
})

export const listingProbe = (origin: string, change: Partial<Probe> = {}): Probe => ({
  ...chatProbe(origin),
  model: null,
  probe: 'reachability',
  type: 'reachability',
  dialect: 'http',
  method: 'GET',
  path: '/v1/models',
  question: null,
  expected: {},
  price: null,
  billed: false,
  ...change,
})
