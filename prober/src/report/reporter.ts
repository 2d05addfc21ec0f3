import type { Log } from '../log.ts'
import type { Clock } from '../probe.ts'
import type { Notary } from '../spool/flight.ts'
import { createAnnouncer } from './announce.ts'
import { backoffMs } from './backoff.ts'
import type { Door } from './door.ts'
import type { Enrolment } from './enrol.ts'
import type { Identity } from './identity-file.ts'
import { createNap, type Wait } from './nap.ts'
import type { WaitCode } from './remedy.ts'
import type { ReportNews } from './send-one.ts'
import { type Sender, type SenderDeps, startSender } from './sender.ts'
import { createVoice } from './voice.ts'

/**
 * From "who are you?" to the last receipt: enrols until somebody has answered, then sends until it is stopped. What it
 * meets on the way is said in words, once and then once a minute, and is never a reason to stop measuring.
 */
export interface Reporter {
  readonly wake: () => void
  readonly standing: () => Standing
  /** The first receipt; null when it ended without one. */
  readonly firstAccepted: Promise<number | null>
  /** Rejects when an enrolment was refused: nothing can come of this run. */
  readonly ended: Promise<void>
  readonly stop: (withinMs: number) => Promise<void>
}

/** Only `approved` is well; the rest is what the aggregator said last. */
export type Standing = 'enrolling' | 'approved' | 'forked' | WaitCode

export interface ReporterDeps {
  readonly spool: SenderDeps['spool']
  readonly enrolled: { readonly identity: Identity; readonly state: string } | null
  /** One more attempt, where nobody has answered yet. */
  readonly enrol: () => Promise<Enrolment>
  readonly notaryOf: (identity: Identity) => Notary & Pick<SenderDeps, 'tend'>
  readonly asked: SenderDeps['asked']
  readonly doorOf: (identity: Identity) => Door
  readonly clock: Clock
  readonly wait: Wait
  readonly random: () => number
  readonly log: Log
  readonly onOffset: (offsetMs: number) => void
  readonly onTaken: () => void
  readonly onSent: (result: SendResult) => void
}

/** What became of one attempt to hand a record over. */
export type SendResult = Exclude<ReportNews['news'], 'approved' | 'offset' | 'trouble'> | 'failed'

export const startReporter = (deps: ReporterDeps): Reporter => {
  const { log } = deps
  const announcer = createAnnouncer(deps)
  const voice = createVoice({ log, announcer, spoolBytes: () => deps.spool.status().sizeBytes })
  const nap = createNap(deps.wait)
  const accepted = Promise.withResolvers<number | null>()
  let standing: Standing = deps.enrolled === null ? 'enrolling' : 'approved'
  let sender: Sender | null = null
  let stopping = false

  const hear = (news: ReportNews): void => {
    const before = standing
    standing = standingAfter(news, before)
    voice(news, { isNew: standing !== before })
    if (news.news !== 'approved' && news.news !== 'offset') deps.onSent(news.news === 'trouble' ? 'failed' : news.news)
    if (news.news === 'accepted') {
      accepted.resolve(news.seq)
      deps.onTaken()
    }
    if (news.news === 'offset') deps.onOffset(news.offsetMs)
  }

  const enrolled = async (): Promise<ReporterDeps['enrolled']> => {
    if (deps.enrolled !== null) return deps.enrolled
    for (let failures = 0; !stopping; failures++) {
      const enrolment = await deps.enrol()
      if (enrolment.ok) {
        announcer.over('enrolled')
        return enrolment
      }
      announcer.trouble('not enrolled yet, results wait here', { why: enrolment.why })
      await nap.take(backoffMs(failures, deps.random()))
    }
    return null
  }

  const run = async (): Promise<void> => {
    const found = await enrolled()
    // who it is stands on disk; there is nobody left to stop a sender
    if (found === null || stopping) return
    const { identity, state } = found
    standing = state === 'pending' ? 'not_approved' : 'approved'
    if (state === 'pending')
      log.warn({ prober: identity.prober }, 'enrolled, and waiting for approval at the aggregator')
    const pending = state === 'pending'
    const notary = deps.notaryOf(identity)
    sender = startSender({ ...deps, notary, tend: notary.tend, door: deps.doorOf(identity), tell: hear, pending })
  }
  const ended = run()

  return {
    wake: () => sender?.wake(),
    standing: () => standing,
    firstAccepted: accepted.promise,
    ended,
    stop: async withinMs => {
      stopping = true
      nap.end()
      await Promise.race([ended.catch(() => undefined), deps.wait(withinMs)])
      await sender?.stop(withinMs)
      accepted.resolve(null)
    },
  }
}

const standingAfter = (news: ReportNews, standing: Standing): Standing => {
  if (news.news === 'waiting') return news.code
  if (news.news === 'forked') return 'forked'
  return news.news === 'approved' || news.news === 'accepted' ? 'approved' : standing
}
