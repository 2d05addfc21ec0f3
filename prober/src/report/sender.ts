import type { Clock } from '../probe.ts'
import type { Spool } from '../spool/spool.ts'
import { isApproved } from './approval.ts'
import { backoffMs } from './backoff.ts'
import { createNap, type Wait } from './nap.ts'
import { type SendDeps, type Sent, sendOne } from './send-one.ts'

/**
 * Carries one record after the other to the aggregator, and waits as long as each answer asks for.
 *
 * Invariants
 * - One record in flight. It is the same bytes until the spool has settled, refused or repositioned it.
 * - What is fresh goes at once when nothing was sealed in the last second, else with what gathers until then: a result is
 *   at the aggregator within a second, and a busy prober does not seal a batch for each.
 * - Whatever goes wrong out there, measuring does not notice.
 */
export interface Sender {
  /** Something new lies in the spool. */
  readonly wake: () => void
  /** Sends what there is, as far as it goes in this time, and ends. */
  readonly stop: (withinMs: number) => Promise<void>
}

export interface SenderDeps extends SendDeps {
  readonly spool: Pick<Spool, 'next' | 'settle' | 'refuse' | 'reposition' | 'status'>
  readonly clock: Clock
  readonly wait: Wait
  /** From 0 to 1. */
  readonly random: () => number
  /** Enrolled, and not yet approved by anybody. */
  readonly pending: boolean
}

const paceMs = 1000
const askAgainMs = 5000
const shutOutMs = 60_000

export const startSender = (deps: SenderDeps): Sender => {
  const { spool, clock } = deps
  const nap = createNap(deps.wait)
  let { pending } = deps
  let stopping = false
  let failures = 0
  let lastSealMs = Number.NEGATIVE_INFINITY

  const monoMs = () => clock.monoUs() / 1000

  /** Until there is something that may go. */
  const rest = async (): Promise<void> => {
    while (!stopping && !pending) {
      const { backlog, fresh } = spool.status()
      const readyMs = fresh ? lastSealMs + paceMs - monoMs() : shutOutMs
      if (backlog || readyMs <= 0) return
      await nap.take(readyMs)
    }
  }

  const attempt = async (): Promise<Sent> => {
    if (pending && !(await isApproved(deps.door, deps.notary.prober))) return { sent: 'waiting', code: 'not_approved' }
    if (pending) deps.tell({ news: 'approved' })
    pending = false
    if (!spool.status().backlog) lastSealMs = monoMs()
    return sendOne(deps)
  }

  const pauseMs = (result: Sent): number => {
    if (result.sent === 'waiting') return pending ? askAgainMs : shutOutMs
    if (result.sent !== 'failed') return 0
    return Math.max(result.afterMs ?? 0, backoffMs(failures - 1, deps.random()))
  }

  const loop = async (): Promise<void> => {
    for (;;) {
      await rest()
      const result = await attempt()
      if (result.sent === 'forked' || (stopping && result.sent !== 'settled')) return
      if (result.sent === 'waiting') pending = result.code === 'not_approved'
      failures = result.sent === 'failed' ? failures + 1 : 0
      const ms = pauseMs(result)
      if (ms > 0) await pause(ms)
    }
  }

  /** New lines do not end this one: an aggregator that asked for patience gets it. */
  const pause = async (ms: number): Promise<void> => {
    const endMs = monoMs() + ms
    while (!stopping && monoMs() < endMs) await nap.take(endMs - monoMs())
  }
  const looping = loop()

  return {
    wake: nap.end,
    stop: async withinMs => {
      stopping = true
      nap.end()
      const late = new AbortController()
      await Promise.race([looping.then(() => late.abort()), deps.wait(withinMs, late.signal)])
      await deps.door.close()
      await looping
    },
  }
}
