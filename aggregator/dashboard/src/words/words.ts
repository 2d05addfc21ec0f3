import type { Outcome } from '@llmstatus/shared/outcome'
import type { Blame, State } from '../api/shapes.ts'

/** The words of a state: in the table, and after "is" in the sentence. */
export const stateWords = {
  outage: { word: 'Outage', is: 'out' },
  partial_outage: { word: 'Partial outage', is: 'partly out' },
  degraded: { word: 'Degraded', is: 'degraded' },
  slow: { word: 'Slow', is: 'slow' },
  throttled: { word: 'Throttled', is: 'throttled' },
  unknown: { word: 'Unknown', is: 'unknown' },
  maintenance: { word: 'Maintenance', is: 'under maintenance' },
  operational: { word: 'Operational', is: 'fine' },
} as const satisfies Record<State, { word: string; is: string }>

export const whose = {
  provider: 'Provider',
  account: 'Your account',
  config: 'Your configuration',
  vantage: 'This vantage',
} as const satisfies Record<Blame, string>

/** Short enough for a cell; the long ones stand in the documentation. */
const reasonWords = {
  healthy: '',
  isolated_failures: 'single failures, too few to mean anything',
  first_token_slow: 'first token later than usual',
  answer_slow: 'answers later than usual',
  tokens_slow: 'fewer tokens a second than agreed',
  no_results: 'no result lately',
  too_few_results: 'too few results to tell',
  never_measured: 'no result yet',
  server_error: 'server errors',
  overloaded: 'at capacity',
  timeout: 'answers too late or never',
  dns_failed: 'its name does not resolve',
  connect_failed: 'no connection',
  tls_failed: 'no secure connection',
  connection_reset: 'breaks the connection',
  malformed: 'answers cannot be read',
  empty: 'answers are empty',
  truncated: 'answers end too early',
  wrong_answer: 'answers are wrong',
  redirected: 'redirects elsewhere',
  rate_limited: 'your rate limit is reached',
  quota_exhausted: 'your quota is spent',
  auth_rejected: 'your key is rejected',
  permission_denied: 'your key may not use this',
  bad_request: 'your question is refused as wrong',
  model_not_found: 'the model does not exist',
  content_filtered: 'your question is filtered',
  cut_short: 'your token limit leaves no room for an answer',
  vantage_offline: 'this vantage is offline',
  prober_overloaded: 'the prober is too busy to measure',
  egress_denied: 'the prober may not go there',
  unclassified: 'an answer that nobody knows yet',
} as const satisfies Record<Exclude<Outcome, 'ok'> | OwnReason, string>

type OwnReason =
  | 'healthy'
  | 'isolated_failures'
  | 'first_token_slow'
  | 'answer_slow'
  | 'tokens_slow'
  | 'no_results'
  | 'too_few_results'
  | 'never_measured'

/** A reason that is newer than this page is shown as it came. */
export const reasonText = (reason: string): string =>
  Object.hasOwn(reasonWords, reason) ? reasonWords[reason as keyof typeof reasonWords] : reason.replaceAll('_', ' ')
