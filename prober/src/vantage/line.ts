import { classify } from '@llmstatus/shared/classify'
import { isNetworkFailure } from '@llmstatus/shared/outcome'
import type { ResultLine } from '@llmstatus/shared/result'
import type { Probe } from '../probe.ts'

/** What a result says of the network: pure, from the line that will travel. */

/**
 * Up to the certificate: whatever is said after it, somebody was there who had the key to it. A port that opens is not
 * enough, because a captive portal opens all of them.
 */
export const answeredUs = (probe: Probe, { us }: Pick<ResultLine, 'us'>): number | null =>
  probe.credential.origin.startsWith('https:') ? us.tls : us.tcp

/** A broken or silent connection that nothing else explains yet. A deadline is what a dead link looks like. */
export const failedAtNetwork = ({ outcome, signal }: Pick<ResultLine, 'outcome' | 'signal'>): boolean =>
  (isNetworkFailure(outcome) || outcome === 'timeout') &&
  (signal === null || signal === 'never_reached' || signal === 'token_unreached')

/** The same facts and one more: so the outcome is the one that whoever reads them will find. */
export const withControlsFailed = (probe: Probe, line: ResultLine): ResultLine => {
  const facts = { ...line, signal: 'controls_failed' }
  const { type, timeoutMs, credential } = probe
  return {
    ...facts,
    outcome: classify({ ...facts, type, timeout_ms: timeoutMs, keyed: credential.auth !== null }),
  }
}
