import { sharedSignals } from '@llmstatus/shared/classify'
import { type Outcome, outcomes } from '@llmstatus/shared/outcome'
import type { ResultLine } from '@llmstatus/shared/result'
import { nbsp } from '../print/columns.ts'
import type { Probe } from '../probe.ts'
import { slownessOf, stateOf } from './state.ts'

/** A result as a person is told it: what happened, and what to do about it where that is theirs. */
export interface Told {
  /** The closed word, then a sentence, then the facts it rests on. */
  readonly reason: string
  readonly remedy: string | null
}

/** Where the key of a probe comes from, for who has to look at it. */
export type KeyNameOf = (probe: Probe) => string

/** Null where there is nothing to tell. */
export const tell = (probe: Probe, line: ResultLine, keyNameOf: KeyNameOf): Told | null => {
  const slow = line.outcome === 'ok' ? slownessOf(probe, line) : null
  if (slow !== null) return { reason: `slow: ${slow}.`, remedy: null }
  if (line.outcome === 'ok') return null
  const facts = factsOf(line)
  const sentence = sentenceOf(probe, line)
  const reason = `${line.outcome}: ${sentence}${facts.length === 0 ? '' : ` (${facts.join(', ')})`}`
  const state = stateOf(probe, line)
  return { reason, remedy: state === 'yours' || state === 'unknown' ? remedyOf(probe, line, keyNameOf) : null }
}

const factsOf = (line: ResultLine): readonly string[] => [
  ...(line.http_status === null || line.http_status === 200 ? [] : [`HTTP${nbsp}${line.http_status}`]),
  ...(line.signal === null || line.signal === line.outcome || restated.has(line.signal) ? [] : [line.signal]),
  ...(line.errno === null || line.errno === 'ETIMEDOUT' ? [] : [line.errno]),
]

/** What the outcome says already; of a token it does not say that it was one. */
const restated: ReadonlySet<string> = new Set(sharedSignals.filter(signal => !signal.startsWith('token_')))

const sentenceOf = (probe: Probe, line: ResultLine): string => {
  switch (line.outcome) {
    case 'timeout':
      return line.operation === 'stall'
        ? 'It began to answer, and then nothing came any more.'
        : `No ${awaited[line.operation ?? ''] ?? 'end'} within ${probe.timeoutMs / 1000} s.`
    case 'wrong_answer':
      if (line.signal === 'certificate_ends') return 'The certificate ends sooner than the definition allows.'
      return `What was expected did not hold: ${Object.keys(probe.expected).join(', ')}.`
    case 'server_error':
      return line.us.first_token === null ? 'It failed, and says so.' : 'It failed in the middle of its answer.'
    case 'unclassified':
      return line.signal === 'not_kept' ? 'The connection did not stay open after its first answer.' : meaningOf(line)
    case 'rate_limited':
      return `Your limit is reached${resetOf(line)}.`
    default:
      return meaningOf(line)
  }
}

const meaningOf = ({ outcome }: ResultLine): string => sentences[outcome] ?? outcomes[outcome].meaning

const awaited: Readonly<Record<string, string>> = { first_byte: 'byte', first_token: 'token' }

const sentences: Readonly<Partial<Record<Outcome, string>>> = {
  overloaded: 'It has no capacity left.',
  connect_failed: 'No connection.',
  redirected: 'It points elsewhere, and a redirect is never followed.',
}

const resetOf = ({ rate_limit: limit }: ResultLine): string => {
  const waitS = limit?.requests?.reset_s ?? limit?.tokens?.reset_s ?? null
  return waitS === null ? '' : `; it says to wait ${Math.ceil(waitS)} s`
}

const remedyOf = (probe: Probe, line: ResultLine, keyNameOf: KeyNameOf): string => {
  const { origin } = probe.credential
  if (line.signal === 'never_reached')
    return line.outcome === 'tls_failed'
      ? `Nothing here ever reached ${originsOf(probe)}: does something on the way open TLS, or is its authority your own (ca_file)?`
      : `Nothing here ever reached ${originsOf(probe)}: look at DNS, firewall and proxy on this side first.`
  if (line.signal === 'proxy_failed')
    return `The proxy ${probe.credential.proxy?.origin ?? ''} did not let it through: is it there, is its password right, and may ${origin} be reached through it?`
  if (line.signal === 'not_kept')
    return `${origin} keeps no connection open, so none can be warm: take \`connection: warm\` out of the definition.`
  switch (line.outcome) {
    case 'auth_rejected':
      return probe.credential.auth === null
        ? `${probe.provider} wants a key, in ${keyNameOf(probe)}.`
        : `The key is refused. Is it whole, current and meant for ${probe.provider}? It comes from ${keyNameOf(probe)}.`
    case 'permission_denied':
      return `Allow ${probe.model ?? 'this'} for the key at ${probe.provider}, or name another model.`
    case 'model_not_found':
      return 'Name a model that this key can use: credentials[].models in prober.yaml, or model in the definition.'
    default:
      return remedies[line.outcome] ?? ''
  }
}

/** Where a key is exchanged first, it may be that place which was not reached. */
const originsOf = ({ credential: { origin, auth } }: Probe): string =>
  auth !== null && 'exchange' in auth && auth.exchange !== undefined ? `${auth.exchange.origin} or ${origin}` : origin

const remedies: Readonly<Partial<Record<Outcome, string>>> = {
  rate_limited: 'Wait, ask less often, or have the limit raised.',
  quota_exhausted: 'Add credit, or raise the cap that was set for this key.',
  bad_request: 'The question does not suit this provider: look at the definition, or at its provider file.',
  content_filtered: 'A harmless question was filtered: ask another one, or look at the filters of this account.',
  cut_short:
    'Give the answer more room: expected.max_tokens, limits.max_output_tokens, or min_output_tokens of the model.',
  vantage_offline: 'Look at the network of this machine.',
  prober_overloaded: 'This machine was too busy to measure well. Try again, or fewer at once with --only.',
  egress_denied:
    'The address is private or a metadata address. If it is meant: set the origin under credentials or targets.',
  unclassified: 'Nothing we know fits. The line of --json has the facts; please report it.',
}
