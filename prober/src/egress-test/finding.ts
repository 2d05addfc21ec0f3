import { CodedError, explain } from '@llmstatus/shared/errors'
import type { Measured } from './stage.ts'

/** What became of what was tried: who said no, and why; or that it went its way. */
export interface Finding {
  readonly verdict: 'allow' | 'deny'
  /** settings: before anything runs · guard: at the moment itself · outcome: the network was not what it should be */
  readonly by: 'settings' | 'guard' | 'outcome'
  readonly reason: string
}

/** Outcomes in which a key that was sent, if any was, has gone no further than to its own origin. */
const denials: ReadonlySet<string> = new Set([
  'redirected',
  'dns_failed',
  'connect_failed',
  'tls_failed',
  'connection_reset',
  'vantage_offline',
])

export const findingOf = ({ outcome, refusal }: Measured): Finding => {
  if (refusal !== null) return { verdict: 'deny', by: 'guard', reason: refusal }
  return { verdict: denials.has(outcome) ? 'deny' : 'allow', by: 'outcome', reason: outcome }
}

/** All of them must have ended alike; what one lets through counts for all. */
export const together = (findings: readonly Finding[]): Finding => {
  const [first, ...others] = findings
  if (first === undefined) return { verdict: 'allow', by: 'outcome', reason: 'nothing_was_asked' }
  if (others.every(({ verdict, reason }) => verdict === first.verdict && reason === first.reason)) return first
  const isLetOut = findings.some(({ verdict }) => verdict === 'allow')
  const reasons = [...new Set(findings.map(({ reason }) => reason))]
  return { ...first, verdict: isLetOut ? 'allow' : 'deny', reason: reasons.join(' and ') }
}

/** Where it stands in a file that only this run has. */
const inOurFiles = /\/egress-test\/[a-z.]+:\d+:\d+: /g

/** What the operator did wrong ends here as words; anything else is a bug, and goes its way. */
export const refusalOf = (error: unknown, say: (text: string) => void): Finding => {
  if (!(error instanceof CodedError)) throw error
  say(explain(error))
  return { verdict: 'deny', by: 'settings', reason: error.message.replace(inOurFiles, '') }
}
