import { money } from '../print/numbers.ts'
import type { Probe } from '../probe.ts'

interface Cost {
  readonly provider: string
  readonly usd: number | null
}

/** What is about to be asked, and what it costs at most: read before the first billed call. */
export const plan = (probes: readonly Probe[], costs: readonly Cost[]): string => {
  const providers = new Set(probes.map(({ provider }) => provider)).size
  return `Measures ${count(probes.length, 'probe')} of ${count(providers, 'provider')} once. ${price(costs)}`
}

const price = (costs: readonly Cost[]): string => {
  if (costs.length === 0) return 'Nothing of it is billed.'
  const known = costs.flatMap(({ provider, usd }) => (usd === null ? [] : [{ provider, usd }]))
  const silent = costs.filter(({ usd }) => usd === null).map(({ provider }) => provider)
  const unknown = `what ${silent.join(', ')} ${silent.length === 1 ? 'charges' : 'charge'}, which is not known here`
  if (known.length === 0) return `It costs ${unknown}.`
  const each = known.map(({ provider, usd }) => `${provider} ${money(usd)}`).join(', ')
  const usd = known.reduce((sum, cost) => sum + cost.usd, 0)
  const total = known.length === 1 ? each : `${money(usd)} together: ${each}`
  return `It costs at most ${total}${silent.length === 0 ? '' : `, and ${unknown}`}.`
}

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`
