import { ageMs, type Moment } from './moment.ts'

/**
 * Is it the origin that fails, or this vantage? Evidence in, verdict out; pure.
 *
 * Invariants
 * - An origin that answered while the attempt was under way, at most ten seconds before it failed, clears the vantage:
 *   then it is never offline. What answered before the attempt began says nothing about a link that broke since.
 * - Offline takes every usable control: each has failed, nothing answered since, all within 30 s. Not one of them silent.
 * - No usable control is not known, never offline. Usable is what answered here in the last 24 h and does not fail alone.
 * - Who fails alone, before and after another one answered and for more than 30 s, is down itself and witnesses nothing:
 *   an outage of one origin must not hide the outage of the next.
 */
export interface Heard {
  /** When it was last seen to answer. */
  readonly answered: Moment | null
  /** The last failure since then, and the first. */
  readonly failed: Moment | null
  readonly failingSince: Moment | null
}

export const unheard: Heard = { answered: null, failed: null, failingSince: null }

/** Attempts overlap and end in any order: what counts is when something was seen, not when we were told. */
export const hearAnswer = (heard: Heard, at: Moment): Heard => {
  if (isAfter(heard.answered, at)) return heard
  return isAfter(heard.failed, at) ? { ...heard, answered: at } : { ...unheard, answered: at }
}

export const hearFailure = (heard: Heard, at: Moment): Heard => {
  if (isAfter(heard.answered, at) || isAfter(heard.failed, at)) return heard
  return { ...heard, failed: at, failingSince: heard.failingSince ?? at }
}

/** What failed while nothing answered was us: it starts with a clean sheet. */
export const forgetFailures = ({ answered }: Heard): Heard => ({ ...unheard, answered })

const isAfter = (one: Moment | null, other: Moment): boolean => one !== null && one.monoMs > other.monoMs

/** An origin as far as one attempt is concerned. */
export interface Witness {
  readonly key: string
  readonly heard: Heard
  /** Another provider's, at another origin, that answered here in the last 24 h. */
  readonly isControl: boolean
  /** We are offline as far as it is concerned: its answer would have ended that (standing.ts). */
  readonly isAwaited: boolean
}

/** An attempt that failed at network level. */
export interface Attempt {
  readonly startedMs: number
  readonly failed: Moment
}

export type Verdict =
  | { readonly is: 'online' | 'offline' | 'unknown' }
  /** These have to be asked first, in any order. */
  | { readonly is: 'open'; readonly ask: readonly string[] }

/** All that fail together fail within this time. */
export const togetherMs = 30_000
/** What was seen so short a time before need not be seen again. */
const freshMs = 10_000

export const judge = (witnesses: readonly Witness[], attempt: Attempt, now: Moment): Verdict => {
  if (witnesses.some(({ heard }) => clears(heard, attempt, now))) return { is: 'online' }
  const controls = witnesses.filter(({ isControl }) => isControl)
  if (controls.every(witness => failsAlone(witness, witnesses))) return { is: 'unknown' }
  // who is down itself may be back: its answer still clears the vantage
  const silent = controls.filter(witness => !failsToo(witness, attempt, now))
  if (silent.length === 0) return { is: 'offline' }
  return { is: 'open', ask: silent.map(({ key }) => key) }
}

const clears = ({ answered }: Heard, { startedMs, failed }: Attempt, now: Moment): boolean =>
  answered !== null &&
  answered.monoMs > startedMs &&
  answered.monoMs >= failed.monoMs - freshMs &&
  ageMs(answered, now) <= togetherMs

const failsToo = ({ heard: { failed }, isAwaited }: Witness, attempt: Attempt, now: Moment): boolean => {
  if (isAwaited) return true
  return failed !== null && failed.monoMs >= attempt.failed.monoMs - freshMs && ageMs(failed, now) <= togetherMs
}

const failsAlone = ({ key, heard: { failed, failingSince } }: Witness, all: readonly Witness[]): boolean =>
  failed !== null &&
  failingSince !== null &&
  all.some(({ key: other, heard: { answered } }) => {
    if (other === key || answered === null) return false
    return answered.monoMs - failingSince.monoMs > togetherMs && failed.monoMs > answered.monoMs
  })
