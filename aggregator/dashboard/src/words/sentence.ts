import type { Provider, State, Vantage } from '../api/shapes.ts'
import { names } from './numbers.ts'
import { reasonText, stateWords } from './words.ts'

/**
 * The first thing on the page: everything that matters, as sentences that are true.
 *
 * Invariants
 * - "Fine" is said only of what was measured and found operational.
 * - What is yours is never said of a provider, and what is unknown is never said to be fine or broken.
 */

/** A word that carries a state is marked with its tone; joined, the pieces are the text. */
export interface Piece {
  readonly text: string
  readonly tone: Tone | null
}
export type Tone = State | 'yours'

export interface Seen {
  readonly providers: readonly Provider[]
  readonly vantages: readonly Vantage[]
  /** The time from which all this is, where it is not from now. */
  readonly asOf: string | null
  /** A moment as the reader's clock shows it. */
  readonly time: (iso: string) => string
}

export const sentence = (seen: Seen): readonly Piece[] => {
  const { providers, vantages, asOf, time } = seen
  if (vantages.length === 0 && providers.length === 0) return [plain('No prober reports here yet.')]
  if (providers.length === 0) return [plain('Nothing is watched yet.')]
  const told = [...failing(seen), ...yours(providers), ...maintenance(providers), ...unknown(providers)]
  const all = [...told, ...fine(providers, told.length > 0)]
  const spaced = all.flatMap((pieces, at) => (at === 0 ? pieces : [plain(' '), ...pieces]))
  return asOf === null ? spaced : [plain(`As of ${time(asOf)}: `), ...spaced]
}

export const textOf = (pieces: readonly Piece[]): string => pieces.map(piece => piece.text).join('')

type Told = readonly (readonly Piece[])[]

const plain = (text: string): Piece => ({ text, tone: null })
const marked = (text: string, tone: Tone): Piece => ({ text, tone })
const nameList = (group: readonly Provider[]): string => names(group.map(({ name }) => name))
const isOf = (group: readonly Provider[]): string => (group.length === 1 ? 'is' : 'are')

const failingStates = ['outage', 'partial_outage', 'degraded', 'slow'] as const

const failing = ({ providers, time }: Seen): Told =>
  failingStates.flatMap(state => {
    const group = providers.filter(provider => provider.state === state)
    const [only] = group
    if (only === undefined) return []
    const detail = group.length > 1 ? '' : `${only.since === null ? '' : ` since ${time(only.since)}`}${seenFrom(only)}`
    return [[plain(`${nameList(group)} ${isOf(group)} `), marked(stateWords[state].is, state), plain(`${detail}.`)]]
  })

/** A lone vantage says something about itself too; two or more need not be counted here. */
const seenFrom = ({ confidence }: Provider): string => (confidence === 'low' ? ', seen from one vantage' : '')

export const isYours = ({ blame, state }: Provider): boolean =>
  state === 'throttled' || (state === 'unknown' && (blame === 'account' || blame === 'config'))

const mostYours = 3

const yours = (providers: readonly Provider[]): Told => {
  const group = providers.filter(isYours)
  if (group.length > mostYours)
    return [[marked(`${group.length} of your accounts`, 'yours'), plain(` need a look: ${nameList(group)}.`)]]
  return group.map(provider => yoursPieces(provider))
}

const yoursPieces = ({ name, reason }: Provider): readonly Piece[] => {
  const your = (thing: string, rest: string) => [plain(`Your ${name} `), marked(thing, 'yours'), plain(` ${rest}.`)]
  switch (reason) {
    case 'rate_limited':
      return your('rate limit', 'is reached')
    case 'quota_exhausted':
      return your('quota', 'is spent')
    case 'auth_rejected':
      return your('key', 'is rejected')
    case 'permission_denied':
      return your('key', 'may not use what it is asked for')
    case 'model_not_found':
      return [plain(`The ${name} `), marked('model', 'yours'), plain(' that you ask for does not exist.')]
    case 'cut_short':
      return your('token limit', 'leaves no room for an answer')
    case 'bad_request':
      return [plain('Your '), marked('question', 'yours'), plain(` to ${name} is refused as wrong.`)]
    case 'content_filtered':
      return [plain('Your '), marked('question', 'yours'), plain(` to ${name} is filtered.`)]
    default:
      return your('setup', `needs a look: ${reasonText(reason)}`)
  }
}

const maintenance = (providers: readonly Provider[]): Told => {
  const group = providers.filter(({ state }) => state === 'maintenance')
  return group.length === 0
    ? []
    : [[plain(`${nameList(group)} ${isOf(group)} under `), marked('maintenance', 'maintenance'), plain('.')]]
}

const unknown = (providers: readonly Provider[]): Told => {
  const group = providers.filter(provider => provider.state === 'unknown' && !isYours(provider))
  if (group.length === 0) return []
  const waiting = group.filter(({ reason }) => reason === 'never_measured')
  const lost = group.filter(({ reason }) => reason !== 'never_measured')
  return [
    ...(lost.length === 0
      ? []
      : [[plain(`${nameList(lost)} ${isOf(lost)} `), marked('unknown', 'unknown'), plain(`${whyUnknown(lost)}.`)]]),
    ...(waiting.length === 0
      ? []
      : [
          [
            plain(`${nameList(waiting)} ${waiting.length === 1 ? 'has' : 'have'} `),
            marked('not been measured', 'unknown'),
            plain(' yet.'),
          ],
        ]),
  ]
}

/** A reason only where it is the same for all of them. */
const whyUnknown = (group: readonly Provider[]): string => {
  const reasons = new Set(group.map(({ reason }) => reasonText(reason)))
  const [reason] = reasons
  return reasons.size === 1 && reason !== undefined && reason !== '' ? `: ${reason}` : ''
}

const fine = (providers: readonly Provider[], somethingWasSaid: boolean): Told => {
  const group = providers.filter(({ state }) => state === 'operational')
  if (group.length === 0) return []
  if (somethingWasSaid)
    return [[plain(group.length === 1 ? `${nameList(group)} is fine.` : 'Everything else is fine.')]]
  return [[plain(group.length === 1 ? `${nameList(group)} is fine.` : `All ${group.length} providers are fine.`)]]
}
