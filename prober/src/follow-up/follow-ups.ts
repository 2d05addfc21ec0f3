import type { Skip } from '@llmstatus/shared/outcome'
import type { ResultLine, SkipLine } from '@llmstatus/shared/result'
import type { Clock, Probe } from '../probe.ts'
import type { Ended } from '../schedule/admission.ts'
import type { ExtraSlot } from '../schedule/boot.ts'
import { endpointKey, planOf } from '../schedule/plan.ts'
import { afterLine, afterSibling, type Heard, type Looks, type Moment, type Next, noLooks } from './looks.ts'
import { troubleOf, usualPartMs } from './trouble.ts'
import { type Usually, usualAt, withTime } from './usual.ts'
import type { UsualByEndpoint } from './usual-file.ts'

/** Looks again at what failed or was slow. It hears every line, and asks for slots; it decides alone, no aggregator does. */
export interface FollowUps {
  readonly ended: Ended
  /** What is to be kept over a restart; looks are not, a start looks at everything anyway. */
  readonly usual: () => UsualByEndpoint
}

export interface FollowUpsDeps {
  readonly probes: () => readonly Probe[]
  /** Whose plans these are. */
  readonly seed: string
  readonly clock: Clock
  readonly usual: UsualByEndpoint
}

export const createFollowUps = (deps: FollowUpsDeps): FollowUps => {
  const { seed, clock } = deps
  const looksOf = new Map<string, Looks>()
  const usualOf = new Map<string, Usually>(deps.usual)

  const step = (probe: Probe, next: (was: Looks, at: Moment) => Next): readonly ExtraSlot[] => {
    const key = endpointKey(probe)
    const { looks, slotMs } = next(looksOf.get(key) ?? noLooks, {
      nowMs: clock.nowMs(),
      plan: planOf(probe, seed),
      timeoutMs: probe.timeoutMs,
    })
    looksOf.set(key, looks)
    return slotMs === null ? [] : [{ probe, slotMs, why: 'followup' }]
  }

  const heardOf = (probe: Probe, line: ResultLine | SkipLine): Heard => {
    const isLook = line.why === 'followup'
    const slotMs = Date.parse('skip' in line ? (line.to ?? line.slot) : line.slot)
    if ('skip' in line) return { slotMs, isLook, trouble: isLook && isRefusal(line.skip) ? 'refused' : null }
    const [key, nowMs] = [endpointKey(probe), clock.nowMs()]
    const usually = usualOf.get(key) ?? []
    const trouble = troubleOf(probe, line, usualAt(usually, nowMs))
    const ms = usualPartMs(probe, line)
    if (ms !== null) usualOf.set(key, withTime(usually, ms, nowMs))
    return { slotMs, isLook, trouble }
  }

  return {
    ended: (probe, line) => {
      const heard = heardOf(probe, line)
      const others = heard.trouble === 'failed' ? siblings(probe, deps.probes()) : []
      return [
        ...step(probe, (was, at) => afterLine(was, heard, at)),
        ...others.flatMap(other => step(other, afterSibling)),
      ]
    },
    usual: () => {
      const planned = new Set(deps.probes().map(endpointKey))
      return new Map([...usualOf].filter(([key]) => planned.has(key)))
    },
  }
}

/** Not an overrun: a listing that still runs when its chat fails would be kept from its own looks. */
const refusals: ReadonlySet<Skip> = new Set(['budget_spent', 'vantage_offline', 'paused'])
const isRefusal = (skip: Skip): boolean => refusals.has(skip)

/** A listing that fails says something about the chats of its provider, and a chat about the listing. */
const siblings = (probe: Probe, all: readonly Probe[]): readonly Probe[] => {
  const other = probe.type === 'reachability' ? 'chat' : probe.type === 'chat' ? 'reachability' : null
  return other === null ? [] : all.filter(({ provider, type }) => provider === probe.provider && type === other)
}
