import type { Operation, Outcome, Skip } from './outcome.ts'
import type { DefinitionLine, ResultLine } from './result.ts'
import { type SharedSignal, signals, tokenSignals } from './signals.ts'

export { sharedSignals, signals } from './signals.ts'
export type { Operation, Outcome, SharedSignal, Skip }

/**
 * Facts to one outcome: the only place where a verdict about one result is made, in the prober and again in the
 * aggregator, and later over the archive.
 *
 * Invariants
 * - Pure and total: whatever the facts, one outcome, never a throw. What nothing matches is `unclassified`.
 * - The order below is the meaning; the first test that speaks wins. The body (a dialect's signal) beats the status.
 * - A rule that changes raises `classifierVersion`.
 */
export const classifierVersion = 5

/** From the result line, and from the definition line that its `def` names. */
export type ClassifyFacts = Pick<
  ResultLine,
  'http_status' | 'errno' | 'operation' | 'signal' | 'finish' | 'content' | 'us' | 'uncertainty_us'
> &
  Pick<DefinitionLine, 'dialect' | 'type' | 'keyed' | 'timeout_ms'>

export const classify = (facts: ClassifyFacts): Outcome => {
  for (const test of tests) {
    const outcome = test(facts)
    if (outcome !== null) return outcome
  }
  return 'unclassified'
}

type Test = (facts: ClassifyFacts) => Outcome | null

/** Reachability asks whether the edge answers; `http` and `control` are the same question of something else. */
const edgeTypes: ReadonlySet<string> = new Set(['reachability', 'http', 'control'])
const asksTheEdge = (facts: ClassifyFacts) => edgeTypes.has(facts.type)

const status = (facts: ClassifyFacts) => facts.http_status ?? 0

const guardSaidNo: Test = facts => (facts.signal === 'guard' ? 'egress_denied' : null)

/** Without a token nothing was asked, and what a check of the answer would say is not known. */
const noToken: Test = facts => (facts.signal === null ? null : (lookUp(tokenSignals, facts.signal) ?? null))

/**
 * A check on the status or the body is the definition's own word for what is right, even where that is a 404. On an edge
 * nothing is checked under a failing status unless a status was asked for.
 */
const checkPassed: Test = facts =>
  checkedTypes.has(facts.type) && facts.content === 'pass' && facts.errno === null ? okUnlessBusy(facts) : null
const checkedTypes: ReadonlySet<string> = new Set(['http', 'reachability'])

const keylessEdge: Test = facts =>
  isKeylessEdge(facts) && (status(facts) === 401 || status(facts) === 403) ? okUnlessBusy(facts) : null

/** Who has no key and asked for nothing else is answered well by being asked for one. */
const isKeylessEdge = (facts: ClassifyFacts) => asksTheEdge(facts) && !facts.keyed && facts.content !== 'fail'

const redirect: Test = facts => (status(facts) >= 300 && status(facts) < 400 ? 'redirected' : null)

/** Tested before the transport, because a provider often says why and then hangs up. */
const dialectSignal: Test = facts => {
  const outcome = facts.signal === null ? undefined : lookUp(lookUp(signals, facts.dialect), facts.signal)
  const edgeAnswered = outcome === 'auth_rejected' || outcome === 'permission_denied'
  if (edgeAnswered && isKeylessEdge(facts)) return okUnlessBusy(facts)
  return outcome ?? null
}

/** A head that already said 4xx or 5xx is not overruled by a body that broke off. */
const transport: Test = facts => {
  if (facts.errno === null || status(facts) >= 400) return null
  if (facts.errno === 'ECANCELED') return 'unclassified'
  if (outOfMeans.has(facts.errno)) return 'prober_overloaded'
  if (facts.signal === 'controls_failed') return 'vantage_offline'
  if (facts.errno === 'ETIMEDOUT' && isBusy(facts)) return 'prober_overloaded'
  return broken(facts, facts.errno)
}

/** No file descriptors, ports or memory left on this machine. */
const outOfMeans: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM'])

const broken = (facts: ClassifyFacts, errno: string): Outcome => {
  switch (facts.operation) {
    case 'dns':
      return 'dns_failed'
    case 'proxy':
    case 'connect':
      return 'connect_failed'
    case 'tls':
      return 'tls_failed'
    case 'send':
    case 'first_byte':
      return errno === 'ETIMEDOUT' ? 'timeout' : unreadable.test(errno) ? 'malformed' : 'connection_reset'
    case 'first_token':
    case 'stall':
    case 'total':
      if (errno === 'ETIMEDOUT') return 'timeout'
      if (unreadable.test(errno)) return 'malformed'
      return errno === 'EOF' ? 'truncated' : 'connection_reset'
    default:
      return 'unclassified'
  }
}

/** The HTTP parser's codes, zlib's, and our own caps on headers, body and what it inflates to. */
const unreadable = /^(HPE_|Z_|ERR__|EFBIG$)/

const filtered: Test = facts => (facts.finish === 'filter' && status(facts) < 400 ? 'content_filtered' : null)

const shapes: Readonly<Partial<Record<SharedSignal, Outcome>>> = {
  unparsable: 'malformed',
  no_end: 'truncated',
  no_content: 'empty',
}
const shape: Test = facts =>
  facts.signal !== null && status(facts) < 400 ? (lookUp(shapes, facts.signal) ?? null) : null

const checkFailedOnEdge: Test = facts =>
  facts.type === 'http' && facts.content === 'fail' && saysNothing.has(status(facts)) ? 'wrong_answer' : null
/** Statuses that a failed check explains better than they do themselves. */
const saysNothing: ReadonlySet<number> = new Set([400, 404, 405, 406, 409, 410, 411, 415, 422])

const byStatus: Test = facts => {
  const code = status(facts)
  if (code < 400) return null
  if (code === 403) return asksTheEdge(facts) ? 'auth_rejected' : 'permission_denied'
  if (code === 404 || code === 410) return asksTheEdge(facts) ? 'bad_request' : 'model_not_found'
  return statuses[code] ?? (code >= 500 && code < 600 ? 'server_error' : 'unclassified')
}

const statuses: Readonly<Record<number, Outcome>> = {
  400: 'bad_request',
  401: 'auth_rejected',
  402: 'quota_exhausted',
  405: 'bad_request',
  406: 'bad_request',
  408: 'server_error',
  409: 'bad_request',
  411: 'bad_request',
  413: 'bad_request',
  414: 'bad_request',
  415: 'bad_request',
  422: 'bad_request',
  424: 'server_error',
  429: 'rate_limited',
  431: 'bad_request',
  451: 'content_filtered',
  498: 'overloaded',
  529: 'overloaded',
}

/** A success that has nothing to show: our limit ended it, or there is nothing. */
const nothingVisible: Test = facts => {
  if (!speaks(facts) || status(facts) < 200 || facts.us.first_visible !== null) return null
  return facts.finish === 'length' ? 'cut_short' : 'empty'
}
const speaks = (facts: ClassifyFacts) => facts.type === 'chat' || facts.type === 'reference'

/** A right answer that our own limit cut off is not the provider's wrong one. */
const wrongAnswer: Test = facts =>
  facts.content === 'fail' ? (facts.finish === 'length' ? 'cut_short' : 'wrong_answer') : null

const success: Test = facts => {
  const connected = onlyConnect.has(facts.type) && facts.us.tcp !== null
  return connected || (status(facts) >= 200 && status(facts) < 300) ? okUnlessBusy(facts) : null
}

/** They ask for nothing more than a connection. */
const onlyConnect: ReadonlySet<string> = new Set(['tcp', 'control'])

/**
 * Only what depends on the clock can be spoiled by a busy prober: a success with its timings, and a deadline. A 500 is
 * a 500 however late it was read.
 */
const okUnlessBusy = (facts: ClassifyFacts): Outcome => (isBusy(facts) ? 'prober_overloaded' : 'ok')

/**
 * Above 20 ms and above 10 % of what was measured: the deadline that passed, else the first token, else the end. A stream
 * that stalls for many seconds has stalled, however early its first token came and however often we were held for 20 ms.
 */
const isBusy = (facts: ClassifyFacts): boolean => {
  const { first_token, last_byte, tcp } = facts.us
  const measuredUs = facts.errno === null ? (first_token ?? last_byte ?? tcp ?? 0) : facts.timeout_ms * 1000
  return facts.uncertainty_us > Math.max(20_000, measuredUs / 10)
}

const tests: readonly Test[] = [
  guardSaidNo,
  noToken,
  checkPassed,
  keylessEdge,
  redirect,
  dialectSignal,
  transport,
  filtered,
  shape,
  checkFailedOnEdge,
  byStatus,
  nothingVisible,
  wrongAnswer,
  success,
]

/** Facts come from outside: `constructor` and the like are not in any table. */
const lookUp = <T>(table: Readonly<Record<string, T>> | undefined, key: string): T | undefined =>
  table !== undefined && Object.hasOwn(table, key) ? table[key] : undefined
