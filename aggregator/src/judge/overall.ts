import { isFailing, type State, severity, stateWords } from './state.ts'
import type { Judged } from './verdict.ts'

/** Everything in one word and one sentence that is true and says whose problem it is. */

export interface Named extends Judged {
  readonly name: string
}

export interface Overall {
  readonly state: State
  readonly text: string
  readonly sinceMs: number | null
}

export const overall = (providers: readonly Named[]): Overall => {
  const known = providers.filter(provider => provider.state !== 'unknown' && provider.state !== 'throttled')
  const state = stateOf(known)
  const began = (known.length > 0 ? known : providers).filter(
    one => one.state === state || (isFailing(state) && isFailing(one.state)),
  )
  const since = began.map(one => one.sinceMs)
  return {
    state,
    text: sentence(providers),
    sinceMs: since.length === 0 ? null : isFailing(state) ? Math.min(...since) : Math.max(...since),
  }
}

const stateOf = (known: readonly Named[]): State => {
  if (known.length === 0) return 'unknown'
  const out = known.filter(provider => provider.state === 'outage').length
  if (out === known.length) return 'outage'
  if (out > 0) return 'partial_outage'
  return known.map(provider => provider.state).reduce((a, b) => (severity(b) > severity(a) ? b : a))
}

const sentence = (providers: readonly Named[]): string => {
  if (providers.length === 0) return 'Nothing is measured yet.'
  const sorted = providers.toSorted((a, b) => severity(b.state) - severity(a.state) || (a.name < b.name ? -1 : 1))
  const failing = sorted.filter(provider => isFailing(provider.state))
  const unknown = sorted.filter(provider => provider.state === 'unknown' || provider.state === 'throttled')
  const yours = unknown.filter(provider => provider.blame === 'account' || provider.blame === 'config')
  const dark = unknown.filter(provider => !yours.includes(provider))
  const fine = providers.length - failing.length - unknown.length
  const parts = [...byState(failing), ...yours.map(yoursPart), ...darkPart(dark), ...finePart(fine, providers.length)]
  return `${parts.join('; ')}.`
}

const byState = (failing: readonly Named[]): readonly string[] =>
  [...Map.groupBy(failing, provider => provider.state)].map(([state, group]) => {
    const [first, ...others] = group
    const { says } = stateWords[state]
    if (first === undefined || others.length > 0) return `${list(group)} ${says.replace(/^is /, 'are ')}`
    return `${first.name} ${says}, ${from(first)}, since ${clock(first.sinceMs)}`
  })

const from = ({ agree, voters }: Named): string =>
  voters <= 1 ? 'seen from one vantage' : `from ${agree} of ${voters} vantages`

const yoursPart = ({ name, reason, blame }: Named): string =>
  `${name} cannot be judged because of your ${blame === 'account' ? 'account' : 'configuration'} (${reason})`

const darkPart = (dark: readonly Named[]): readonly string[] =>
  dark.length === 0 ? [] : [`${list(dark)} ${dark.length === 1 ? 'is' : 'are'} not known`]

const finePart = (fine: number, all: number): readonly string[] => {
  if (fine === 0) return []
  if (fine < all) return ['everything else is fine']
  return [all === 1 ? 'The one provider here is operational' : `All ${all} providers are operational`]
}

const shown = 3

const list = (group: readonly Named[]): string => {
  const names = group.slice(0, shown).map(provider => provider.name)
  const rest = group.length - names.length
  if (rest > 0) return `${names.join(', ')} and ${rest} more`
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

const clock = (ms: number): string => `${new Date(ms).toISOString().slice(11, 16)} UTC`
