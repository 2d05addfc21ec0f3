import type { SignalOf } from './dialect.ts'
import type { ErrorBody } from './error-body.ts'
import { type ErrorRule, firstMatch, statusOf } from './error-rule.ts'

/**
 * Which words of an error body give which signal, first match wins. Billing goes before everything, because it comes as
 * 400, 402, 403, 429 and 500, and because many texts about a rate mention billing and the other way round. Sources of
 * each: vendors' documents, SDKs, recorded traffic and issue threads, gathered in the providers' facts.
 *
 * Never matched against a model's own words: only error bodies and error events come here.
 */
export type ErrorSignal = SignalOf<'openai'>

type Rule = ErrorRule<ErrorSignal>

/** Under which statuses a word may be believed. Null: nothing failed but what the body says. */
const always = () => true
const notOurServer = (status: number | null) => status === null || status < 500
const in503 = (status: number | null) => status === 503
const mayBeRate = (status: number | null) => status === null || [400, 403, 429].includes(status)
const mayBeQuestion = (status: number | null) => status === null || [400, 404, 410, 413, 422].includes(status)
const unsaid = (status: number | null) => status === null
const mayBeFault = (status: number | null) => status === null || status >= 500

const billing: readonly Rule[] = [
  {
    signal: 'insufficient_quota',
    codes: ['exceeded_current_quota_error'],
    words: ['insufficient_quota', 'exceeded your current quota'],
    // Google's sentence is the same for a limit per minute
    unless: ['resource_exhausted', 'perminute', 'quotaid'],
    when: always,
  },
  {
    signal: 'credit_balance_exhausted',
    words: ['credit_balance_exhausted', 'credit balance is too low'],
    when: always,
  },
  { signal: 'spend_limit', words: ['spend_limit', 'spend limit', 'spending cap', 'spending limit'], when: always },
  { signal: 'usage_limit', words: ['organization_usage_limit_exceeded', 'api usage limits'], when: always },
  {
    signal: 'insufficient_balance',
    codes: ['1113'],
    words: ['insufficient balance', 'insufficient_balance', '(1008)', 'balance is not enough'],
    when: always,
  },
  {
    signal: 'insufficient_credits',
    words: [
      'insufficient credits',
      'insufficient_credits',
      'requires more credits',
      'monthly included credits',
      'used all available credits',
    ],
    when: always,
  },
  {
    signal: 'payment_required',
    words: ['payment required', 'payment_required', 'payment_method_required', 'billing_error', 'billing_not_active'],
    when: always,
  },
  { signal: 'account_overdue', words: ['arrearage', 'overdue'], when: always },
  {
    signal: 'plan_limit',
    codes: ['1304', '1308', '1309', '1310', '1311', '1313'],
    words: ['daily free allocation'],
    when: always,
  },
]

const refusals: readonly Rule[] = [
  {
    signal: 'content_filter',
    codes: ['1301'],
    words: [
      '(1026)',
      '(1027)',
      'content_filter',
      'responsibleaipolicyviolation',
      'content management policy',
      'data_inspection_failed',
      'riskdetection',
      'content review',
    ],
    when: notOurServer,
  },
  { signal: 'content_policy', words: ['content_policy', 'moderation', 'flagged'], when: notOurServer },
]

const access: readonly Rule[] = [
  {
    signal: 'invalid_api_key',
    codes: ['1000', '1001', '1002', '1003', '1004', '1005', 'invalidapikey', 'invalid_iam_token'],
    words: [
      'invalid_api_key',
      'api_key_invalid',
      'wrong_api_key',
      'incorrect api key',
      'invalid api key',
      'invalid x-api-key',
      'api key not valid',
      'api key is invalid',
      'token is invalid',
      'invalid token',
    ],
    when: notOurServer,
  },
  {
    signal: 'expired_token',
    words: ['expiredtoken', 'token expired', 'key expired', 'key has expired'],
    when: notOurServer,
  },
  {
    signal: 'authentication_error',
    codes: ['authorized_error'],
    words: [
      'authentication_error',
      'authenticationerror',
      'missing authentication',
      'invalid authentication',
      'invalid authorization',
      'authentication failed',
      'authentication error',
      'unauthenticated',
      'unrecognizedclient',
      'failed_to_auth',
      'no auth credentials',
      "didn't provide an api key",
      '(1004)',
    ],
    when: notOurServer,
  },
  { signal: 'unauthorized', words: ['unauthorized'], when: notOurServer },
  {
    signal: 'region_not_allowed',
    words: ['unsupported_country', 'region, or territory', 'region or territory', 'not available in your region'],
    when: notOurServer,
  },
  { signal: 'plan_lacks_model', words: ['subscription tier', 'not included in your plan'], when: notOurServer },
  {
    signal: 'permission_denied',
    words: [
      'permission_denied',
      'permissiondenied',
      'permission_error',
      'permission denied',
      'accessdenied',
      'is gated',
      'gated model',
      'has not agreed',
    ],
    when: notOurServer,
  },
]

const capacity: readonly Rule[] = [
  { signal: 'overloaded', codes: ['1305', '1312'], words: ['overloaded'], when: always },
  {
    signal: 'capacity_exceeded',
    codes: ['3505'],
    words: [
      'capacity exceeded',
      'capacity_exceeded',
      'capacity temporarily exceeded',
      'no more data centers',
      'at capacity',
      'no capacity available',
      'capacity_exhausted',
    ],
    when: always,
  },
  { signal: 'high_demand', words: ['high demand', 'high traffic', 'queue_exceeded'], when: always },
  {
    signal: 'server_busy',
    words: ['server busy', 'server is busy', 'too busy', 'temporarily unable to process'],
    when: always,
  },
  { signal: 'server_busy', words: ['try again later'], when: in503 },
  {
    signal: 'model_not_ready',
    words: ['loading model', 'currently loading', 'still loading', 'modelnotready', 'model is not ready'],
    when: always,
  },
]

const rates: readonly Rule[] = [
  { signal: 'slow_down', codes: ['slow_down'], words: ['acceleration limit'], when: mayBeRate },
  {
    signal: 'concurrency_limit',
    words: ['concurrency limit', 'concurrent requests', 'max_concurrent'],
    when: mayBeRate,
  },
  {
    signal: 'rate_limit_exceeded',
    codes: ['1300', '1302', '1303'],
    words: [
      'rate_limit',
      'rate limit',
      'rate_limited',
      'ratelimit',
      'throttling',
      'tokens per min',
      'requests per',
      'perminute',
      '(1002)',
    ],
    when: mayBeRate,
  },
  { signal: 'too_many_requests', words: ['too many requests', 'too_many_requests'], when: mayBeRate },
]

const questions: readonly Rule[] = [
  {
    signal: 'model_retired',
    words: ['decommissioned', 'end of its life', 'end of life', 'retired'],
    when: mayBeQuestion,
  },
  { signal: 'not_deployed', words: ['not deployed', 'deploymentnotfound'], when: mayBeQuestion },
  {
    signal: 'model_not_found',
    codes: ['1211', '1500', 'invalid_model', 'notfounderror', 'not_found_error'],
    words: [
      'model_not_found',
      'modelnotopen',
      'model not found',
      'model not exist',
      'unknown model',
      'no such model',
      'invalid model',
      'does not exist',
    ],
    when: mayBeQuestion,
  },
  {
    signal: 'context_length_exceeded',
    words: ['context_length', 'context length', 'context window', 'context_size', 'too long'],
    when: mayBeQuestion,
  },
  {
    signal: 'unsupported_parameter',
    words: ['unsupported_value', 'unsupported_parameter', 'unsupported parameter', 'not supported'],
    when: mayBeQuestion,
  },
  // llama.cpp calls these its own fault, under 500: how it was started, and what was asked of it
  { signal: 'unsupported_parameter', words: ['--jinja', 'mmproj'], when: mayBeFault },
  { signal: 'context_length_exceeded', words: ['physical batch size'], when: mayBeFault },
  { signal: 'invalid_request', words: ['invalid_request', 'badrequesterror', 'invalid argument'], when: unsaid },
]

const faults: readonly Rule[] = [
  {
    signal: 'upstream_timeout',
    words: ['timeout', 'timed out', 'deadline exceeded', 'deadline_exceeded'],
    when: mayBeFault,
  },
  {
    signal: 'server_error',
    words: ['server_error', 'internalservererror', 'internal server error', 'api_error'],
    when: unsaid,
  },
]

const rules: readonly Rule[] = [...billing, ...refusals, ...access, ...capacity, ...rates, ...questions, ...faults]

/** A status inside a body whose words say nothing. */
const byInnerStatus = (status: number): ErrorSignal => {
  if (status === 401) return 'unauthorized'
  if (status === 402) return 'payment_required'
  if (status === 403) return 'permission_denied'
  if (status === 404 || status === 410) return 'model_not_found'
  if (status === 408 || status === 504) return 'upstream_timeout'
  if (status === 429) return 'too_many_requests'
  if (status === 498 || status === 529) return 'overloaded'
  return status < 500 ? 'invalid_request' : 'server_error'
}

/** Null where only the HTTP status has something to say. */
export const errorSignal = (error: ErrorBody, httpStatus: number): ErrorSignal | null => {
  const status = statusOf(error, httpStatus)
  const rule = firstMatch(rules, error, status)
  const isBilling = rule !== undefined && billing.includes(rule)
  if (error.isUpstream && !isBilling && status === 429) return 'upstream_rate_limited'
  if (rule !== undefined) return rule.signal
  if (error.isUpstream && status !== null && status >= 500) return 'upstream_error'
  if (httpStatus >= 400) return null
  return status === null ? 'error_body' : byInnerStatus(status)
}

/** A dialect's own words go before the common ones; those about billing first, here too. */
export const signalWith =
  <S extends string>(own: readonly ErrorRule<S>[]) =>
  (error: ErrorBody, httpStatus: number): S | ErrorSignal | null =>
    firstMatch(own, error, statusOf(error, httpStatus))?.signal ?? errorSignal(error, httpStatus)
