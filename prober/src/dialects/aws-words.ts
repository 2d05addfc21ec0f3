import type { SignalOf } from './dialect.ts'
import type { ErrorRule } from './error-rule.ts'
import { signalWith } from './error-words.ts'

/**
 * AWS names an error in a header, or in the header of a frame, and its body has only words. The names come from the service
 * model; a throttling by the day is told from one by the minute by its words alone.
 */
const always = () => true

const rules: readonly ErrorRule<SignalOf<'bedrock'>>[] = [
  { signal: 'daily_quota', words: ['tokens per day', 'requests per day', 'daily'], when: s => s === null || s === 429 },
  { signal: 'service_quota', codes: ['servicequotaexceededexception'], when: always },
  { signal: 'clock_skewed', words: ['signature expired', 'signature not yet current'], when: always },
  {
    signal: 'invalid_signature',
    codes: ['invalidsignatureexception', 'signaturedoesnotmatchexception', 'incompletesignatureexception'],
    words: ['signature we calculated does not match'],
    when: always,
  },
  {
    signal: 'expired_token',
    codes: ['expiredtokenexception'],
    words: ['token included in the request is expired'],
    when: always,
  },
  {
    signal: 'invalid_api_key',
    codes: ['unrecognizedclientexception', 'invalidclienttokenidexception'],
    // the second is said of a bearer key, as an AccessDeniedException
    words: ['token included in the request is invalid', 'make sure your api key is valid'],
    when: always,
  },
  { signal: 'authentication_error', codes: ['missingauthenticationtokenexception'], when: always },
  { signal: 'permission_denied', codes: ['accessdeniedexception'], when: always },
  { signal: 'model_not_ready', codes: ['modelnotreadyexception'], when: always },
  { signal: 'rate_limit_exceeded', codes: ['throttlingexception', 'toomanyrequestsexception'], when: always },
  { signal: 'server_busy', codes: ['serviceunavailableexception'], when: always },
  { signal: 'upstream_timeout', codes: ['modeltimeoutexception'], when: always },
  { signal: 'model_error', codes: ['modelerrorexception', 'modelstreamerrorexception'], when: always },
  { signal: 'server_error', codes: ['internalserverexception', 'internalfailure'], when: status => status === null },
  { signal: 'unknown_operation', codes: ['unknownoperationexception'], when: always },
  { signal: 'model_retired', words: ['end of its life', 'end of life'], when: always },
  {
    signal: 'model_not_found',
    codes: ['resourcenotfoundexception'],
    words: ['model identifier is invalid'],
    when: always,
  },
  { signal: 'invalid_request', codes: ['validationexception'], when: always },
]

export const awsSignal = signalWith(rules)
