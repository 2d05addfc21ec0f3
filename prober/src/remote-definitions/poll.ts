import type { VerifiedSet } from '@llmstatus/shared/definition-set'
import type { Log } from '../log.ts'
import { createAnnouncer } from '../report/announce.ts'
import type { Door } from '../report/door.ts'
import { createNap, type Wait } from '../report/nap.ts'
import { type AskDeps, askDoor } from './ask-door.ts'
import type { Judged } from './judge-offer.ts'

/** Asks about once a minute for as long as definitions are accepted. Whatever comes, what runs keeps running. */
export interface Polling {
  /** Enrolled: from now on it asks at this address. */
  readonly begin: (url: string) => void
  readonly stop: () => Promise<void>
}

export interface PollDeps extends Pick<AskDeps, 'clock' | 'random'> {
  /** As it is at this moment; null before there is one. */
  readonly identity: () => Promise<AskDeps['identity'] | null>
  readonly openDoor: (url: string) => Door
  readonly wait: Wait
  readonly log: Log
  /** False while the configuration says no: then nothing is asked. */
  readonly accepts: () => boolean
  readonly current: () => VerifiedSet | null
  readonly offer: (text: string) => Promise<Judged>
}

const everyMs = 60_000

export const startPolling = (deps: PollDeps): Polling => {
  const { clock, log } = deps
  const nap = createNap(deps.wait)
  const announcer = createAnnouncer({ clock, log })
  let at: { readonly url: string; readonly door: Door } | null = null
  let stopping = false
  let etag: string | null = null
  let staleSaid: string | null = null

  const ask = async (): Promise<void> => {
    if (at === null) return
    const [where, identity] = [at, await deps.identity()]
    if (identity === null) return
    const answer = await askDoor({ ...deps, ...where, identity }, etag)
    if (stopping) return
    if (answer.came === 'trouble') return announcer.trouble('definitions cannot be asked for', { why: answer.why })
    if (answer.came === 'set') {
      const judged = await deps.offer(answer.text)
      etag = judged.verdict === 'refused' ? null : answer.etag
      if (judged.verdict === 'refused')
        return announcer.trouble('a set of definitions was refused', { reason: judged.reason, detail: judged.detail })
    }
    announcer.over('definitions can be asked for again')
  }

  /** Somebody may hold back every newer one. That is said, once for each set; what runs is as good as it was. */
  const lookAtAge = (): void => {
    const set = deps.current()
    if (set === null || set.payload === staleSaid || Date.parse(set.expires) > clock.nowMs()) return
    staleSaid = set.payload
    log.warn(
      { version: set.version, ended: set.expires },
      'the definitions from outside are stale: their time is over and no newer set came; they keep running',
    )
  }

  const loop = async (): Promise<void> => {
    while (!stopping) {
      if (deps.accepts()) {
        await ask()
        lookAtAge()
      } else etag = null
      if (!stopping) await nap.take(everyMs * (0.8 + 0.4 * shareOf(deps.random(4))))
    }
  }
  const looping = loop()

  return {
    begin: url => {
      at = { url, door: deps.openDoor(url) }
      nap.end()
    },
    stop: async () => {
      stopping = true
      nap.end()
      await at?.door.close()
      await looping
    },
  }
}

/** From 0 to 1. */
const shareOf = (bytes: Uint8Array): number => Buffer.from(bytes).readUInt32BE() / 2 ** 32
