import type { Outcome } from './outcome.ts'

/**
 * What a dialect may say of an error, and what it means: closed tokens, so that no text from outside travels. Which
 * words of a body give which token is the dialect's own business (prober/src/dialects); what the token means stands
 * here, for prober and aggregator alike.
 */

/** Tokens that no dialect owns. */
export const sharedSignals = [
  'never_reached',
  'proxy_failed',
  'controls_failed',
  'not_kept',
  'guard',
  'token_unreached',
  'token_rejected',
  'token_limited',
  'token_failed',
  'token_unreadable',
  'token_redirected',
  'unparsable',
  'no_content',
  'no_end',
  /** A check of the answer failed, and the certificate ends sooner than the definition allows. */
  'certificate_ends',
] as const
export type SharedSignal = (typeof sharedSignals)[number]

type Meanings = Readonly<Record<string, Outcome>>

/**
 * Where a key is exchanged for a token first, and no token came: the endpoint was not asked at all. Who was not reached
 * there (`token_unreached`) is judged by operation and errno, as any connection is.
 */
export const tokenSignals = {
  token_rejected: 'auth_rejected',
  token_limited: 'rate_limited',
  token_failed: 'server_error',
  token_unreadable: 'malformed',
  token_redirected: 'redirected',
} as const satisfies Partial<Record<SharedSignal, Outcome>>

const billing = {
  insufficient_quota: 'quota_exhausted',
  credit_balance_exhausted: 'quota_exhausted',
  spend_limit: 'quota_exhausted',
  usage_limit: 'quota_exhausted',
  insufficient_balance: 'quota_exhausted',
  insufficient_credits: 'quota_exhausted',
  payment_required: 'quota_exhausted',
  account_overdue: 'quota_exhausted',
  plan_limit: 'quota_exhausted',
} as const satisfies Meanings

const refusals = {
  content_filter: 'content_filtered',
  content_policy: 'content_filtered',
  refusal: 'content_filtered',
} as const satisfies Meanings

const access = {
  invalid_api_key: 'auth_rejected',
  authentication_error: 'auth_rejected',
  unauthorized: 'auth_rejected',
  expired_token: 'auth_rejected',
  permission_denied: 'permission_denied',
  region_not_allowed: 'permission_denied',
  plan_lacks_model: 'permission_denied',
  /** The edge does not like this address: neither the provider's outage nor the key's fault. */
  edge_challenge: 'unclassified',
} as const satisfies Meanings

const capacity = {
  overloaded: 'overloaded',
  capacity_exceeded: 'overloaded',
  high_demand: 'overloaded',
  server_busy: 'overloaded',
  model_not_ready: 'overloaded',
  upstream_rate_limited: 'overloaded',
} as const satisfies Meanings

const rates = {
  rate_limit_exceeded: 'rate_limited',
  slow_down: 'rate_limited',
  concurrency_limit: 'rate_limited',
  too_many_requests: 'rate_limited',
} as const satisfies Meanings

const questions = {
  model_not_found: 'model_not_found',
  model_retired: 'model_not_found',
  not_deployed: 'model_not_found',
  context_length_exceeded: 'bad_request',
  unsupported_parameter: 'bad_request',
  invalid_request: 'bad_request',
} as const satisfies Meanings

const faults = {
  server_error: 'server_error',
  upstream_error: 'server_error',
  upstream_timeout: 'server_error',
  /** An error body or event that no word explains, under a 2xx. */
  error_body: 'server_error',
} as const satisfies Meanings

/** All that the words of an error body can say, of whoever speaks. */
const spoken = { ...billing, ...refusals, ...access, ...capacity, ...rates, ...questions, ...faults } as const

/** Limits of an account in the words of Google. */
const googleLimits = {
  /** The project has no such quota at all: a limit of zero. */
  no_quota: 'quota_exhausted',
  daily_quota: 'quota_exhausted',
} as const satisfies Meanings

const cohereLimits = {
  /** A trial key's calls of this month. */
  trial_limit: 'quota_exhausted',
  /** Elsewhere a 498 is capacity; what it is here no source confirms. */
  status_498: 'unclassified',
} as const satisfies Meanings

const aws = {
  ...spoken,
  /** A signature that does not hold: the secret is wrong, or something on the way changed what was signed. */
  invalid_signature: 'auth_rejected',
  /** The time in a signature is too far from the time there. */
  clock_skewed: 'auth_rejected',
  daily_quota: 'quota_exhausted',
  service_quota: 'quota_exhausted',
  /** The model broke off, or wrote something that is none of its own forms. */
  model_error: 'server_error',
  unknown_operation: 'bad_request',
} as const satisfies Meanings

const { invalid_signature, clock_skewed, service_quota } = aws
const awsEdge = { invalid_signature, clock_skewed, service_quota } as const satisfies Meanings

const google = { ...spoken, ...googleLimits } as const satisfies Meanings

const cohere = { ...spoken, ...cohereLimits } as const satisfies Meanings

/** One row per dialect; a dialect may only give what stands in its row (a test in the prober says so). */
export const signals = {
  openai: spoken,
  'openai-responses': spoken,
  'openai-embeddings': spoken,
  anthropic: spoken,
  gemini: google,
  'gemini-embeddings': google,
  cohere,
  'cohere-v1': cohere,
  'cohere-embeddings': cohere,
  ollama: spoken,
  'ollama-embeddings': spoken,
  bedrock: aws,
  'vertex-anthropic': google,
  watsonx: spoken,
  replicate: spoken,
  triton: spoken,
  /** An edge: of what a provider says there, in its own words, what is not about a question. */
  http: { ...billing, ...access, ...capacity, ...rates, ...googleLimits, ...cohereLimits, ...awsEdge },
  tcp: {},
} as const satisfies Readonly<Record<string, Meanings>>
