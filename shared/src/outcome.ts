/** What a probe may end as, whose problem it is, and what is done about it. This table generates docs/outcomes.md. */

export type Blame = 'provider' | 'account' | 'config' | 'vantage'

/** followup: looked at again within seconds · next_slot: at its next time · after_change: not before somebody changes something */
export type Retry = 'none' | 'followup' | 'next_slot' | 'after_change'

interface OutcomeRow {
  readonly blame: Blame | null
  readonly retry: Retry
  readonly meaning: string
}

export const outcomes = {
  ok: {
    blame: null,
    retry: 'none',
    meaning:
      'Complete, well-formed, the right answer within its limits. Stopped by length with visible text is still ok.',
  },
  server_error: {
    blame: 'provider',
    retry: 'followup',
    meaning: 'A 5xx, an error body under a 2xx, or an error event inside a stream.',
  },
  overloaded: {
    blame: 'provider',
    retry: 'followup',
    meaning:
      'The provider is at capacity: 529, a 503 whose body says so, a model that is not ready, a 429 about its own capacity.',
  },
  timeout: {
    blame: 'provider',
    retry: 'followup',
    meaning:
      'After the last request byte: no first byte, no token, a stall, or no end in time. The operation says which.',
  },
  dns_failed: { blame: 'provider', retry: 'followup', meaning: 'The name did not resolve.' },
  connect_failed: {
    blame: 'provider',
    retry: 'followup',
    meaning: 'No TCP connection; a connect deadline is ETIMEDOUT.',
  },
  tls_failed: {
    blame: 'provider',
    retry: 'followup',
    meaning: 'The TLS handshake failed or the certificate is not good.',
  },
  connection_reset: {
    blame: 'provider',
    retry: 'followup',
    meaning: 'The connection broke before the answer was complete.',
  },
  malformed: { blame: 'provider', retry: 'followup', meaning: 'The answer cannot be read.' },
  empty: { blame: 'provider', retry: 'followup', meaning: 'The answer has no content.' },
  truncated: { blame: 'provider', retry: 'followup', meaning: 'The stream ended without its closing sign.' },
  wrong_answer: { blame: 'provider', retry: 'followup', meaning: 'The content check failed.' },
  redirected: { blame: 'provider', retry: 'followup', meaning: 'Any 3xx. It is never followed.' },
  rate_limited: {
    blame: 'account',
    retry: 'next_slot',
    meaning: 'Your own request or token limit, with the wait and the headroom that were seen.',
  },
  quota_exhausted: {
    blame: 'account',
    retry: 'after_change',
    meaning: 'Credits, a spend cap or the plan are used up.',
  },
  auth_rejected: { blame: 'account', retry: 'after_change', meaning: 'The key is missing, wrong, expired or revoked.' },
  permission_denied: { blame: 'account', retry: 'after_change', meaning: 'The key may not use this model or region.' },
  bad_request: { blame: 'config', retry: 'after_change', meaning: 'Our question is wrong for this provider.' },
  model_not_found: { blame: 'config', retry: 'after_change', meaning: 'The model does not exist, or no longer.' },
  content_filtered: { blame: 'config', retry: 'next_slot', meaning: 'A safety filter stopped our harmless question.' },
  cut_short: {
    blame: 'config',
    retry: 'after_change',
    meaning: 'Our token limit ended the answer before anything was visible.',
  },
  vantage_offline: {
    blame: 'vantage',
    retry: 'next_slot',
    meaning: 'It failed at network level, and so did the controls.',
  },
  prober_overloaded: {
    blame: 'vantage',
    retry: 'next_slot',
    meaning: 'The prober was too busy to trust its clock: uncertainty above 20 ms and above 10 % of the first token.',
  },
  egress_denied: { blame: 'vantage', retry: 'after_change', meaning: "The prober's own guard refused the address." },
  unclassified: {
    blame: null,
    retry: 'next_slot',
    meaning: 'Nothing matched. Counted as not measured, and shown to the operator as it came.',
  },
} as const satisfies Record<string, OutcomeRow>

export type Outcome = keyof typeof outcomes
export const outcomeCodes = Object.keys(outcomes) as [Outcome, ...Outcome[]]

/** A slot that was planned and not measured. One line may stand for many. */
export const skips = {
  budget_spent: 'The budget of this key, or of all keys, is spent for today; or it was asked often enough this minute.',
  vantage_offline: 'A billed slot came due while this vantage was already offline.',
  overrun: 'The slot before it was still running.',
  paused: 'Somebody paused it.',
  shutting_down: 'The prober was stopping.',
  interrupted: 'The prober ended in the middle of it.',
  not_running: 'The prober was not running.',
  not_configured: 'Its configuration is incomplete.',
} as const

export type Skip = keyof typeof skips
export const skipCodes = Object.keys(skips) as [Skip, ...Skip[]]

/** Where in a probe's life it ended. */
export const operations = [
  'dns',
  'proxy',
  'connect',
  'tls',
  'send',
  'first_byte',
  'first_token',
  'stall',
  'total',
] as const
export type Operation = (typeof operations)[number]

const network: ReadonlySet<Outcome> = new Set(['dns_failed', 'connect_failed', 'tls_failed', 'connection_reset'])

/**
 * An origin that this vantage has never reached says more about the vantage than about the provider, and a proxy of its own
 * that fails says nothing about it.
 */
const ofTheVantage: ReadonlySet<string | null> = new Set(['never_reached', 'proxy_failed'])

export const blameOf = (outcome: Outcome, signal: string | null): Blame | null =>
  network.has(outcome) && ofTheVantage.has(signal) ? 'vantage' : outcomes[outcome].blame

export const isNetworkFailure = (outcome: Outcome): boolean => network.has(outcome)

/** Countable results are what an uptime is made of. */
export const isCountable = (outcome: Outcome, signal: string | null): boolean =>
  outcome === 'ok' || blameOf(outcome, signal) === 'provider'
