import { instant, sha256, uuid7 } from '@llmstatus/shared/ids'
import type { Outcome } from '@llmstatus/shared/outcome'
import type { ResultLine } from '@llmstatus/shared/result'

/** Result lines as a busy prober writes them. The same seed gives the same lines, byte for byte. */

/** A seeded stream of numbers in [0, 1), for samples that must come out the same every time (mulberry32). */
export const randomFrom = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }
}

interface Endpoint {
  readonly provider: string
  readonly model: string | null
  readonly probe: string
  readonly dialect: string
  readonly medianMs: number
}

const chat = (provider: string, model: string, medianMs: number): Endpoint => ({
  provider,
  model,
  probe: 'chat',
  dialect: provider === 'anthropic' ? 'anthropic' : 'openai',
  medianMs,
})
const reachability = (provider: string, medianMs: number): Endpoint => ({
  provider,
  model: null,
  probe: 'reachability',
  dialect: 'http',
  medianMs,
})

const endpoints: readonly Endpoint[] = [
  chat('openai', 'gpt-5-mini', 620),
  chat('openai', 'gpt-4o-mini-2024-07-18', 480),
  chat('anthropic', 'claude-haiku-4-5', 710),
  chat('anthropic', 'claude-sonnet-4-5', 1250),
  chat('mistral', 'mistral-small-latest', 330),
  chat('groq', 'llama-3.1-8b-instant', 140),
  chat('together', 'meta-llama/Llama-3.3-70B-Instruct-Turbo', 560),
  reachability('openai', 160),
  reachability('anthropic', 180),
  reachability('mistral', 120),
  reachability('groq', 90),
  reachability('together', 210),
]

export interface SampleOptions {
  readonly count: number
  readonly seed: number
  /** When the first slot is; the others follow every third of a second. */
  readonly startMs?: number
}

const defaultStartMs = Date.UTC(2026, 0, 15, 9)

export const sampleResults = ({ count, seed, startMs = defaultStartMs }: SampleOptions): ResultLine[] => {
  const random = randomFrom(seed)
  return Array.from({ length: count }, (_, n) =>
    sampleResult(endpoints[n % endpoints.length] as Endpoint, startMs + n * 333, random),
  )
}

export const sampleLines = (options: SampleOptions): string[] =>
  sampleResults(options).map(result => JSON.stringify(result))

const sampleResult = (endpoint: Endpoint, slotMs: number, random: () => number): ResultLine => {
  const isChat = endpoint.model !== null
  const outcome = outcomeOf(random())
  const answered = outcome !== 'timeout'
  const us = timingsOf(endpoint, random)
  return {
    id: uuid7(
      slotMs,
      Uint8Array.from({ length: 10 }, () => Math.floor(random() * 256)),
    ),
    slot: instant(slotMs),
    at: instant(slotMs + Math.floor(random() * 12)),
    why: 'schedule',
    provider: endpoint.provider,
    model: endpoint.model,
    probe: endpoint.probe,
    def: sha256(`${endpoint.provider} ${endpoint.model} ${endpoint.probe}`),
    dialect: endpoint.dialect,
    outcome,
    classifier: 1,
    operation: outcome === 'timeout' ? 'first_token' : null,
    signal: outcome === 'rate_limited' ? 'rate_limit_exceeded' : null,
    finish: isChat && outcome === 'ok' ? 'stop' : 'none',
    content: isChat && outcome === 'ok' ? 'pass' : 'none',
    http_status: statusOf[outcome] ?? null,
    errno: null,
    us: answered ? us : { ...us, first_token: null, first_visible: null, last_byte: null },
    tokens: isChat && outcome === 'ok' ? { in: 38, out: 4 + Math.floor(random() * 6), reasoning: 0 } : noTokens,
    chunks: isChat && answered ? 5 + Math.floor(random() * 8) : 1,
    gap_us:
      isChat && outcome === 'ok'
        ? { p50: 4_000 + round(random() * 9_000), max: 20_000 + round(random() * 90_000) }
        : null,
    cost_usd: isChat && outcome === 'ok' ? 0.0000061 : null,
    rate_limit: isChat && answered ? headroomOf(random) : null,
    model_reported: outcome === 'ok' ? endpoint.model : null,
    connection: 'cold',
    via_proxy: false,
    uncertainty_us: 40 + round(random() * 300),
    loop_delay_us: round(random() * 200),
  }
}

const noTokens = { in: null, out: null, reasoning: null }
const statusOf: { readonly [K in Outcome]?: number } = { ok: 200, rate_limited: 429, server_error: 502 }
const round = Math.floor

/** One in two hundred fails in some way: about what a good month looks like. */
const outcomeOf = (draw: number): Outcome =>
  draw < 0.995 ? 'ok' : draw < 0.997 ? 'server_error' : draw < 0.999 ? 'timeout' : 'rate_limited'

const timingsOf = (endpoint: Endpoint, random: () => number): ResultLine['us'] => {
  const dns = 400 + round(random() * 3_000)
  const tcp = dns + 4_000 + round(random() * 20_000)
  const tls = tcp + 6_000 + round(random() * 30_000)
  const sent = tls + 30 + round(random() * 200)
  const waitUs = endpoint.medianMs * 1000 * Math.exp(0.35 * normal(random))
  const firstByte = sent + round(waitUs * 0.9)
  const firstToken = endpoint.model === null ? null : sent + round(waitUs)
  const lastByte = (firstToken ?? firstByte) + 500 + round(waitUs * 0.4 * random())
  return {
    dns,
    tcp,
    tls,
    sent,
    first_byte: firstByte,
    first_token: firstToken,
    first_visible: firstToken,
    last_byte: lastByte,
  }
}

const headroomOf = (random: () => number): ResultLine['rate_limit'] => ({
  requests: { limit: 10_000, remaining: 9_000 + round(random() * 1_000), reset_s: 0.006 },
  tokens: { limit: 2_000_000, remaining: 1_990_000 + round(random() * 10_000), reset_s: 0.01 },
})

/** A draw from the normal distribution (Box–Muller). */
export const normal = (random: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
