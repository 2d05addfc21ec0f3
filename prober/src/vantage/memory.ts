import type { ResultLine } from '@llmstatus/shared/result'
import type { Reached } from '../egress/reached.ts'
import type { Log } from '../log.ts'
import type { Clock, Probe } from '../probe.ts'
import { type Control, keyOf, wayOf } from './control.ts'
import { forgetFailures, type Heard, hearAnswer, hearFailure, judge, unheard, type Witness } from './evidence.ts'
import { type Moment, momentOf } from './moment.ts'
import type { Sides } from './sides.ts'
import { type Standing, sawAnswer, sawFailure, standingAtStart, standingNow, wentOffline } from './standing.ts'

/** What was heard of every control, and what follows from it for each way out of here. Holds it, decides nothing. */
export interface Memory {
  readonly answered: (probe: Probe, at: Moment) => void
  readonly failed: (probe: Probe, at: Moment) => void
  readonly judge: (attempt: FailedAttempt) => Judged
  readonly standingOf: (way: string) => Standing
  /** While offline, those whose answer would end it. */
  readonly awaited: () => readonly (readonly Control[])[]
  /** When it was last heard; zero for never in this run. */
  readonly answeredMs: (control: Control) => number
  /** Resolves with the next answer of anybody. */
  readonly nextAnswer: () => Promise<void>
  readonly controls: () => readonly Control[]
  readonly replace: (controls: readonly Control[]) => void
}

export interface FailedAttempt {
  readonly probe: Probe
  readonly operation: ResultLine['operation']
  readonly startedMs: number
  readonly failed: Moment
}

export type Judged =
  | { readonly is: 'online' | 'offline' | 'unknown' }
  | { readonly is: 'open'; readonly ask: readonly Control[] }

export interface MemoryDeps {
  readonly clock: Clock
  readonly log: Log
  readonly controls: readonly Control[]
  readonly reached: Pick<Reached, 'within'>
  readonly sides: Pick<Sides, 'isOutside'>
  readonly onOffline: () => void
}

export const createMemory = (deps: MemoryDeps): Memory => {
  const { clock, log, reached, sides } = deps
  const startedAt = momentOf(clock)
  let { controls } = deps
  let heard = new Map<string, Heard>()
  const standings = new Map<string, Standing>()
  let answer = Promise.withResolvers<void>()

  const heardOf = (key: string): Heard => heard.get(key) ?? unheard
  /** What is inside answers without the internet, and what is not encrypted is answered by whoever likes to. */
  const isOutside = ({ probe: { credential }, origin }: Control): boolean =>
    sides.isOutside(credential) && origin.startsWith('https:')
  const isUsable = (control: Control): boolean => isOutside(control) && reached.within(control.origin, clock.nowMs())
  const controlAt = (probe: Probe): Control | undefined => {
    const key = keyOf(probe.credential)
    return controls.find(control => control.key === key)
  }

  const stand = (way: string, next: Standing): void => {
    const was = standings.get(way) ?? standingAtStart(startedAt)
    standings.set(way, next)
    if (was.is !== next.is) tell(log, { way, was, next })
  }
  const standingOf = (way: string): Standing => {
    const now = momentOf(clock)
    stand(way, standingNow(standings.get(way) ?? standingAtStart(startedAt), now))
    return standings.get(way) ?? standingAtStart(startedAt)
  }

  const answered = (probe: Probe, at: Moment): void => {
    const control = controlAt(probe)
    if (control === undefined) return
    const { way, key } = control
    const was = standingOf(way)
    const next = isOutside(control) ? sawAnswer(was, at) : was
    if (was.is === 'offline' && next.is === 'online')
      heard = new Map([...heard].map(([each, known]) => [each, forgetFailures(known)]))
    heard.set(key, hearAnswer(heardOf(key), at))
    stand(way, next)
    answer.resolve()
    answer = Promise.withResolvers()
  }

  const failed = (probe: Probe, at: Moment): void => {
    const control = controlAt(probe)
    if (control === undefined) return
    heard.set(control.key, hearFailure(heardOf(control.key), at))
    if (isUsable(control)) stand(control.way, sawFailure(standingOf(control.way), at))
  }

  /** From inside, everybody can testify; from outside, only who is outside, and of DNS only who has a name. */
  const witnessesFor = ({ probe, operation }: FailedAttempt): readonly Control[] => {
    const { credential } = probe
    const mustBeOutside = sides.isOutside(credential)
    return controls.filter(control => {
      if (control.way !== wayOf(credential)) return false
      return (control.isNamed || operation !== 'dns') && (isOutside(control) || !mustBeOutside)
    })
  }

  const judgeAttempt = (attempt: FailedAttempt): Judged => {
    const { probe } = attempt
    const way = wayOf(probe.credential)
    const was = standingOf(way)
    const witnesses = witnessesFor(attempt)
    const isControl = ({ provider, origin }: Control): boolean =>
      provider !== probe.provider && origin !== probe.credential.origin && reached.within(origin, clock.nowMs())
    const verdict = judge(
      witnesses.map(
        (control): Witness => ({
          key: control.key,
          heard: heardOf(control.key),
          isControl: isControl(control),
          isAwaited: was.is === 'offline' && isOutside(control),
        }),
      ),
      attempt,
      momentOf(clock),
    )
    if (verdict.is === 'open') return { is: 'open', ask: witnesses.filter(({ key }) => verdict.ask.includes(key)) }
    // with an address that answers all the while it is DNS that is away, and not everything
    const areAll = controls.every(control => control.way !== way || !isUsable(control) || witnesses.includes(control))
    if (verdict.is === 'offline' && was.is !== 'offline' && areAll && sides.isOutside(probe.credential)) {
      stand(way, wentOffline(momentOf(clock)))
      deps.onOffline()
    }
    return verdict
  }

  return {
    answered,
    failed,
    judge: judgeAttempt,
    standingOf,
    awaited: () =>
      [...standings.keys()]
        .filter(way => standingOf(way).is === 'offline')
        .map(way => controls.filter(control => control.way === way && isUsable(control))),
    answeredMs: ({ key }) => heardOf(key).answered?.monoMs ?? 0,
    nextAnswer: () => answer.promise,
    controls: () => controls,
    replace: next => {
      controls = next
    },
  }
}

interface Change {
  readonly way: string
  readonly was: Standing
  readonly next: Standing
}

/** That the first answer of a run came is no news. */
const tell = (log: Log, { way, was, next }: Change): void => {
  const afterS = Math.round((next.since.wallMs - was.since.wallMs) / 1000)
  const fields = { ...(way === 'direct' ? {} : { proxy: way }), after_s: afterS }
  if (next.is === 'offline') log.warn(fields, 'this vantage is offline: all that answered here lately fails')
  if (was.is === 'offline' && next.is === 'online') log.info(fields, 'this vantage is online again')
  if (was.is === 'offline' && next.is === 'unknown')
    log.info(fields, 'whether this vantage is online is not known any more')
}
