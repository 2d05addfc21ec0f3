import type { Clock } from '../probe.ts'
import type { Spool } from '../spool/spool.ts'
import { isApproved } from './approval.ts'
import type { Ask } from './asks.ts'
import { backoffMs } from './backoff.ts'
import { createNap, type Wait } from './nap.ts'
import { type SendDeps, type Sent, sendOne, systemCode } from './send-one.ts'

/**
 * Carries one record after the other to the aggregator, and waits as long as each answer asks for.
 *
 * Invariants
 * - One record in flight. It is the same bytes until the spool has settled, refused or repositioned it.
 * - What is fresh goes at once when nothing was sealed in the last second, else with what gathers until then: a result is
 *   at the aggregator within a second, and a busy prober does not seal a batch for each.
 * - Behind a fork nothing is sent, also after a restart, until somebody says `rewound`.
 * - Whatever goes wrong out there, measuring does not notice.
 */
export interface Sender {
  /** Something new lies in the spool. */
  readonly wake: () => void
  /** Sends what there is, as far as it goes in this time, and ends. */
  readonly stop: (withinMs: number) => Promise<void>
}

export interface SenderDeps extends SendDeps {
  readonly spool: SendDeps['spool'] & Pick<Spool, 'status' | 'rewind'>
  readonly clock: Clock
  readonly wait: Wait
  /** From 0 to 1. */
  readonly random: () => number
  /** Whether somebody asked for this in the data folder; forgotten once the work is done. */
  readonly asked: (ask: Ask, work: () => Promise<unknown>) => Promise<boolean>
  /** Looks after the keys, now and then. */
  readonly tend: () => Promise<void>
  /** Enrolled, and not yet approved by anybody. */
  readonly pending: boolean
}

const paceMs = 1000
const askAgainMs = 5000
const shutOutMs = 60_000
const forkedMs = 10_000
const tendMs = 3_600_000

export const startSender = (deps: SenderDeps): Sender => {
  const { spool, clock } = deps
  const nap = createNap(deps.wait)
  let { pending } = deps
  let stopping = false
  let failures = 0
  let lastSealMs = Number.NEGATIVE_INFINITY
  let saidForked = false
  let tendedMs = Number.NEGATIVE_INFINITY

  const monoMs = () => clock.monoUs() / 1000

  /** Until there is something that may go. */
  const rest = async (): Promise<void> => {
    while (!stopping && !pending) {
      const { backlog, fresh, forked } = spool.status()
      if (forked) return
      const readyMs = fresh ? lastSealMs + paceMs - monoMs() : shutOutMs
      if (backlog || readyMs <= 0) return
      await nap.take(readyMs)
    }
  }

  /** A disk that fails is met again by whoever sends. */
  const tend = async (): Promise<void> => {
    if (monoMs() - tendedMs < tendMs) return
    tendedMs = monoMs()
    await ifDiskWorks(deps.tend)
    if (!spool.status().forked) await ifDiskWorks(() => deps.asked('rewound', async () => undefined))
  }

  const rewindWhenAsked = async (): Promise<Sent> => {
    await ifDiskWorks(() => deps.asked('rewound', spool.rewind))
    const { forked } = spool.status()
    if (!forked) deps.tell({ news: 'rewound' })
    else if (!saidForked) deps.tell({ news: 'forked', seq: null })
    return { sent: forked ? 'forked' : 'nothing' }
  }

  const attempt = async (): Promise<Sent> => {
    await tend()
    if (spool.status().forked) return rewindWhenAsked()
    if (pending && !(await isApproved(deps.door, deps.notary.prober))) return { sent: 'waiting', code: 'not_approved' }
    if (pending) deps.tell({ news: 'approved' })
    pending = false
    if (!spool.status().backlog) lastSealMs = monoMs()
    return sendOne(deps)
  }

  const pauseMs = (result: Sent): number => {
    if (result.sent === 'waiting') return pending ? askAgainMs : shutOutMs
    if (result.sent === 'forked') return forkedMs
    if (result.sent !== 'failed') return 0
    return Math.max(result.afterMs ?? 0, backoffMs(failures - 1, deps.random()))
  }

  const loop = async (): Promise<void> => {
    for (;;) {
      await rest()
      const result = await attempt()
      saidForked = result.sent === 'forked'
      if (stopping && result.sent !== 'settled') return
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

const ifDiskWorks = async (work: () => Promise<unknown>): Promise<void> => {
  try {
    await work()
  } catch (error) {
    systemCode(error)
  }
}
