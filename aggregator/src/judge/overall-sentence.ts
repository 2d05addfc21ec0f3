import type { Named, Seen } from './overall.ts'
import { isFailing, type Reason, severity, stateWords } from './state.ts'

/**
 * One sentence that is true and says whose problem it is: first what providers fail at, then what is yours, then what nobody
 * can tell, and what is well at the end.
 *
 * Invariants
 * - "Fine" is said only of what was measured and found operational, and never while nothing is heard of any vantage.
 * - What is your account's, your configuration's or your vantage's is not said of a provider.
 * - The same providers in any order give the same sentence.
 */
export const overallSentence = (providers: readonly Named[], seen: Seen): string => {
  const sorted = providers.toSorted((a, b) => severity(b.state) - severity(a.state) || (a.name < b.name ? -1 : 1))
  const deaf = allQuiet(seen)
  const parts = [...deaf, ...trouble(sorted, seen), ...(deaf.length > 0 ? [] : [...someQuiet(seen), ...fine(sorted)])]
  if (parts.length === 0) return seen.watchers.length === 0 ? 'No prober reports here yet.' : 'Nothing is measured yet.'
  return `${parts.join('; ').replace(ourWords, word => word.slice(0, 1).toUpperCase() + word.slice(1))}.`
}

/** What a sentence may begin with beside a name, which stays as it is. */
const ourWords = /^(your|nothing|the|all) /

type Group = readonly Named[]

const trouble = (all: Group, seen: Seen): readonly string[] => {
  const failing = all.filter(one => isFailing(one.state))
  const dark = all.filter(one => one.state === 'unknown' || one.state === 'throttled')
  const planned = all.filter(one => one.state === 'maintenance')
  return [
    ...grouped(failing, one => one.state).map(group => failingPart(group, seen)),
    ...grouped(
      dark.filter(one => one.blame !== null),
      reasonOf,
    ).map(notTheirs),
    ...grouped(
      dark.filter(one => one.blame === null),
      reasonOf,
    ).map(group => darkPart(group, seen)),
    ...(planned.length === 0 ? [] : [`${list(planned)} ${is(planned)} under maintenance`]),
  ]
}

const reasonOf = ({ reason }: Named): Reason => reason

const grouped = (all: Group, by: (one: Named) => string): readonly Group[] => [...Map.groupBy(all, by).values()]

const failingPart = (group: Group, seen: Seen): string => {
  const [first] = group
  const { says } = stateWords[first?.state ?? 'unknown']
  if (first === undefined || group.length > 1)
    return `${list(group)} ${says.replace(/^is /, 'are ')}, the first since ${clock(earliest(group), seen)}`
  const since = `since ${clock(first.sinceMs, seen)}`
  return first.voters <= 1
    ? `${first.name} ${says} ${since}, seen from one vantage`
    : `${first.name} ${says} from ${first.agree} of ${first.voters} vantages ${since}`
}

const earliest = (group: Group): number => Math.min(...group.map(one => one.sinceMs))

/** Yours: what your account, your configuration or your vantage keeps from being judged. */
const notTheirs = (group: Group): string => {
  const [first] = group
  const names = list(group)
  const isOne = group.length === 1
  const verb = (one: string, many: string): string => (isOne ? one : many)
  switch (first?.reason) {
    case 'rate_limited':
      return `${names} ${verb('throttles', 'throttle')} your account`
    case 'quota_exhausted':
      return `your quota at ${names} is spent`
    case 'auth_rejected':
      return `${names} ${verb('rejects', 'reject')} your key`
    case 'permission_denied':
      return `your key may not use what you ask of ${names}`
    case 'model_not_found':
      return `${names} ${verb('does', 'do')} not know the model that you ask for`
    case 'bad_request':
    case 'content_filtered':
      return `${names} ${verb('refuses', 'refuse')} your question`
    case 'cut_short':
      return `your token limit leaves ${names} no room for an answer`
    case 'vantage_offline':
      return `your vantage is offline, so ${names} ${is(group)} not known`
    case 'prober_overloaded':
      return `your prober is too busy to judge ${names}`
    case 'egress_denied':
      return `the guard of your prober refuses ${names}`
    default:
      return `${names} ${is(group)} not known because of your ${yours[first?.blame ?? 'vantage']} (${first?.reason})`
  }
}

const yours = { account: 'account', config: 'configuration', vantage: 'vantage', provider: 'vantage' } as const

const darkPart = (group: Group, seen: Seen): string => {
  const [first] = group
  const names = list(group)
  if (first?.reason === 'never_measured') return `${names} ${group.length === 1 ? 'has' : 'have'} not been measured yet`
  if (first?.reason !== 'no_results') return `${names} ${is(group)} not known (${first?.reason})`
  const latest = Math.max(...group.map(one => one.sinceMs))
  return `${names} ${is(group)} not known, without a result since ${clock(latest, seen)}`
}

/** Its own reference is measured each minute, so a vantage that is there is heard of. */
const quietMs = 300_000

const isQuiet = ({ watchers, nowMs }: Seen): readonly Seen['watchers'][number][] =>
  watchers.filter(one => one.lastResultMs === null || nowMs - one.lastResultMs > quietMs)

const allQuiet = (seen: Seen): readonly string[] => {
  const quiet = isQuiet(seen)
  const last = Math.max(...quiet.map(one => one.lastResultMs ?? 0))
  if (quiet.length === 0 || quiet.length < seen.watchers.length || last === 0) return []
  const who = quiet.length === 1 ? `the one vantage, ${quiet[0]?.name},` : `any of ${quiet.length} vantages`
  return [`nothing has come from ${who} since ${clock(last, seen)}`]
}

const someQuiet = (seen: Seen): readonly string[] => {
  const quiet = isQuiet(seen)
  if (quiet.length === 0 || quiet.length === seen.watchers.length) return []
  const names = listOf(quiet.map(one => one.name).toSorted())
  return [`nothing comes from ${names}, of ${seen.watchers.length} vantages`]
}

const fine = (all: Group): readonly string[] => {
  const count = all.filter(one => one.state === 'operational').length
  if (count === 0) return []
  if (count < all.length) return ['everything else is fine']
  return [count === 1 ? 'the one provider here is operational' : `all ${count} providers are operational`]
}

const shown = 3

const list = (group: Group): string => listOf(group.map(one => one.name))

const listOf = (all: readonly string[]): string => {
  const names = all.slice(0, shown)
  const rest = all.length - names.length
  if (rest > 0) return `${names.join(', ')} and ${rest} more`
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

const is = (group: Group): string => (group.length === 1 ? 'is' : 'are')

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const

/** The time alone would be a lie for what began yesterday. */
const clock = (ms: number, { nowMs }: Seen): string => {
  const at = new Date(ms)
  const time = `${at.toISOString().slice(11, 16)} UTC`
  const isToday = at.toISOString().slice(0, 10) === new Date(nowMs).toISOString().slice(0, 10)
  return isToday ? time : `${at.getUTCDate()} ${months[at.getUTCMonth()]} ${time}`
}
