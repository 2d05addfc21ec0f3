import type { ProberSettings } from '../config/settings.ts'
import { duration } from '../print/numbers.ts'
import type { Probe } from '../probe.ts'
import { type Budgeted, budgetText } from './budget-text.ts'
import { dollars } from './dollars.ts'

/** What this prober will do, how often, and what a day of it costs at most: read before the first billed call. */
export const planText = (planned: Planned): readonly string[] => {
  const { probes, controls, costPerDay, notes } = planned
  const providers = [...new Set(probes.map(({ provider }) => provider))]
  const costs = new Map(costPerDay.map(({ provider, usd }) => [provider, usd]))
  return [
    probes.length === 0
      ? 'No provider is measured: no key was found, and no target is set.'
      : measured(probes, providers),
    ...providers.map(provider => providerText(provider, probes, costs.get(provider))),
    ...totalText(costPerDay),
    ...budgetText(planned),
    ...controlsText(controls),
    ...notes.map(note => `note: ${note}`),
  ]
}

type Planned = Budgeted & Pick<ProberSettings, 'controls' | 'notes'>

const measured = (probes: readonly Probe[], providers: readonly string[]): string =>
  `Measures ${count(probes.length, 'endpoint')} of ${count(providers.length, 'provider')}:`

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`

const providerText = (provider: string, probes: readonly Probe[], usd: number | null | undefined): string => {
  const mine = probes.filter(probe => probe.provider === provider).map(probeText)
  const cost = usd === undefined ? 'nothing billed' : usd === null ? 'cost not known' : `at most ${dollars(usd)} a day`
  return `  ${provider}: ${mine.join(', ')} (${cost})`
}

const probeText = ({ probe, model, everyMs }: Probe): string =>
  `${probe}${model === null ? '' : ` ${model}`} every ${duration(everyMs)}`

const totalText = (costs: Planned['costPerDay']): readonly string[] => {
  if (costs.length === 0) return ['A day of it costs nothing.']
  const known = costs.reduce((sum, { usd }) => sum + (usd ?? 0), 0)
  const unknown = costs.filter(({ usd }) => usd === null).map(({ provider }) => provider)
  const rest = unknown.length === 0 ? '' : `, and what ${unknown.join(', ')} charges, which is not known here`
  return [`A day of it costs at most ${dollars(known)}${rest}.`]
}

const controlsText = (controls: Planned['controls']): readonly string[] =>
  controls.length === 0
    ? []
    : [`Asks whether the internet is there: ${controls.map(({ origin }) => origin).join(', ')}.`]
