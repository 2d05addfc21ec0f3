import { type ClassifyFacts, classifierVersion, classify, type SharedSignal } from '@llmstatus/shared/classify'
import { instant } from '@llmstatus/shared/ids'
import { isNetworkFailure, type Operation } from '@llmstatus/shared/outcome'
import type { ResultLine, Timings } from '@llmstatus/shared/result'
import { type Secret, standsIn } from '@llmstatus/shared/secret'
import type { Auth, Probe, Slot } from '../probe.ts'
import type { Failure } from '../transport/attempt.ts'
import { unseenUs } from '../transport/loop-monitor.ts'
import { costOf } from './cost.ts'
import { headroomOf } from './headroom.ts'
import type { Observation } from './observation.ts'

/** An observation as a result line: pure, and the only place where one is made. */
export interface Said {
  readonly probe: Probe
  readonly slot: Slot
  readonly seen: Observation
  readonly content: ResultLine['content']
  /** Whether the certificate is one of the checks that failed. */
  readonly endsTooSoon: boolean
  /** Whether this vantage has lately reached the origin, or that of the token which did not come. */
  readonly isReached: boolean
  /** What calibration found a stamp to be off by in a quiet loop. */
  readonly biasUs: number
}

export const resultLine = (said: Said): ResultLine => {
  const { probe, slot, seen, content } = said
  const { reading, attempted } = seen
  const verdict = verdictOf(said)
  return {
    id: slot.id,
    slot: instant(slot.slotMs),
    why: slot.why,
    provider: probe.provider,
    model: probe.model,
    probe: probe.probe,
    at: instant(seen.atMs),
    def: probe.def,
    dialect: probe.dialect,
    ...verdict,
    classifier: classifierVersion,
    finish: reading.finish,
    content,
    http_status: attempted.head?.status ?? null,
    us: timingsOf(seen),
    tokens: reading.tokens,
    chunks: reading.arrivals,
    gap_us: reading.gapUs,
    cost_usd: costOf(probe.price, reading.tokens),
    rate_limit: headroomSeen(said),
    model_reported: modelSeen(said),
    connection: probe.warmUp === undefined ? 'cold' : 'warm',
    via_proxy: probe.credential.proxy !== null,
    uncertainty_us: uncertaintyOf(said),
    loop_delay_us: Math.min(seen.loop.longestUs, maxUs),
  }
}

/** The one text of an answer that travels. Who says a secret back there, by mistake or not, is not quoted. */
const modelSeen = ({ probe: { credential }, seen: { reading, attempted } }: Said): string | null => {
  const { model } = reading
  const secrets = [...secretsOf(credential.auth), ...(attempted.carried === undefined ? [] : [attempted.carried])]
  return model !== null && secrets.some(secret => standsIn(secret, model)) ? null : model
}

const secretsOf = (auth: Auth | null): readonly Secret[] => {
  if (auth === null) return []
  if (auth.scheme !== 'aws_sigv4') return [auth.secret]
  const { keyId, session } = auth.signing
  return [auth.secret, keyId, ...(session === null ? [] : [session])]
}

/** Headers say it, or the answer itself. */
const headroomSeen = ({ probe, seen: { attempted, reading, atMs } }: Said): ResultLine['rate_limit'] => {
  const inHeaders = attempted.head === null ? null : headroomOf(attempted.head, probe.rateLimitHeaders, atMs)
  return inHeaders ?? reading.headroom
}

const maxUs = 2_000_000_000

const timingsOf = ({ startedUs, attempted: { stamps }, reading }: Observation): Timings => {
  const offset = (atUs: number | null) =>
    atUs === null ? null : Math.min(maxUs, Math.max(0, Math.round(atUs - startedUs)))
  return {
    dns: offset(stamps.dns),
    tcp: offset(stamps.tcp),
    tls: offset(stamps.tls),
    sent: offset(stamps.sent),
    first_byte: offset(stamps.firstByte),
    first_token: offset(reading.firstTokenUs),
    first_visible: offset(reading.firstVisibleUs),
    last_byte: offset(stamps.lastByte),
  }
}

/**
 * What was seen to hold us, what the monitor cannot see, and the bias of calibration. For a deadline it is the whole time
 * that counts: what would have been in time may have waited for us.
 */
const uncertaintyOf = ({ seen: { loop, attempted }, biasUs }: Said): number => {
  const isDeadline = attempted.failure?.errno === 'ETIMEDOUT'
  return Math.min(maxUs, Math.round((isDeadline ? loop.longestUs : loop.heldUs) + unseenUs + biasUs))
}

const verdictOf = (said: Said): Pick<ResultLine, 'outcome' | 'operation' | 'errno' | 'signal'> => {
  const { failure } = said.seen.attempted
  const operation = failure?.operation ?? refusedAt(said)
  const where = { operation, errno: failure?.errno ?? null }
  const signal = signalOf(said)
  const outcome = classify(factsOf(said, { ...where, signal }))
  const isExplained = signal !== null && signal !== 'token_unreached'
  if (!isNetworkFailure(outcome) || isExplained || said.isReached) return { ...where, signal, outcome }
  return { ...where, signal: 'never_reached', outcome: classify(factsOf(said, { ...where, signal: 'never_reached' })) }
}

const refusedAt = ({ probe, seen: { attempted } }: Said): Operation | null => {
  const { refusal, stamps } = attempted
  if (refusal === null) return null
  if (probe.credential.proxy !== null) return 'proxy'
  return stamps.dns === null ? 'dns' : 'connect'
}

/** After a broken transport only an error that was heard counts; what the answer lacks is then the transport's doing. */
const signalOf = ({ seen: { attempted, reading }, content, endsTooSoon }: Said): string | null => {
  if (attempted.refusal !== null) return 'guard'
  if (attempted.failure === null)
    return reading.signal ?? (content === 'fail' && endsTooSoon ? ('certificate_ends' satisfies SharedSignal) : null)
  const { fault } = attempted.failure
  if (fault !== undefined) return faultSignals[fault]
  const wasCut = attempted.failure.errno === 'EOF' && attempted.head !== null
  return reading.error ?? (wasCut ? 'no_end' : null)
}

const faultSignals: Readonly<Record<NonNullable<Failure['fault']>, SharedSignal>> = {
  proxy: 'proxy_failed',
  not_kept: 'not_kept',
  token_unreached: 'token_unreached',
  token_rejected: 'token_rejected',
  token_limited: 'token_limited',
  token_failed: 'token_failed',
  token_unreadable: 'token_unreadable',
  token_redirected: 'token_redirected',
}

const factsOf = (said: Said, verdict: Pick<ClassifyFacts, 'operation' | 'errno' | 'signal'>): ClassifyFacts => ({
  ...verdict,
  dialect: said.probe.dialect,
  type: said.probe.type,
  keyed: said.probe.credential.auth !== null,
  timeout_ms: said.probe.timeoutMs,
  http_status: said.seen.attempted.head?.status ?? null,
  finish: said.seen.reading.finish,
  content: said.content,
  us: timingsOf(said.seen),
  uncertainty_us: uncertaintyOf(said),
})
