import { requestsOf } from '../config/cost.ts'
import type { ProberSettings } from '../config/settings.ts'
import type { Probe } from '../probe.ts'
import { dollars, exactDollars } from './dollars.ts'

export type Budgeted = Pick<ProberSettings, 'probes' | 'costPerDay' | 'budgetUsdPerDay' | 'credentialLimits'>

/** Where the plan is more than what may be spent or asked: which slots will be missing, and what to change. */
export const budgetText = (about: Budgeted): readonly string[] => [
  ...allKeys(about),
  ...about.credentialLimits.flatMap(limits => [...ownDollars(limits, about), ...ownRequests(limits, about)]),
]

type Limits = Budgeted['credentialLimits'][number]

const spent = 'Once it is spent, what is billed is skipped until midnight UTC'

const allKeys = ({ costPerDay, budgetUsdPerDay }: Budgeted): readonly string[] => {
  if (costPerDay.length === 0) return []
  const known = costPerDay.reduce((sum, { usd }) => sum + (usd ?? 0), 0)
  if (budgetUsdPerDay === 0) return ['The budget is $0.00 a day: nothing billed is sent.']
  if (known <= budgetUsdPerDay) return [`The budget is ${dollars(budgetUsdPerDay)} a day.`]
  return [
    `That is more than the budget of ${dollars(budgetUsdPerDay)} a day.`,
    `${spent}: set LLMSTATUS_BUDGET_USD_PER_DAY=${Math.ceil(known)}, or ask less often (LLMSTATUS_CHAT_EVERY).`,
  ]
}

const ownDollars = ({ name, provider, usdPerDay }: Limits, { costPerDay }: Budgeted): readonly string[] => {
  const usd = costPerDay.find(cost => cost.provider === provider)?.usd
  if (usdPerDay === null || usd === undefined) return []
  if (usdPerDay === 0) return [`${name} may spend nothing: nothing billed is sent with it.`]
  if (usd === null || usd <= usdPerDay) return []
  return [
    `${name} may spend ${exactDollars(usdPerDay)} a day, and its plan costs at most ${exactDollars(usd)}.`,
    `${spent}: raise its usd_per_day, or ask less often.`,
  ]
}

const ownRequests = ({ name, provider, requestsPerMinute }: Limits, { probes }: Budgeted): readonly string[] => {
  const mine = probes.filter(probe => probe.provider === provider)
  const planned = mine.reduce((sum, probe: Probe) => sum + (requestsOf(probe) * 60_000) / probe.everyMs, 0)
  if (requestsPerMinute !== null && mine.some(probe => requestsOf(probe) > requestsPerMinute))
    return [`${name} may be asked once a minute, and a probe on a warm connection asks twice: it is always skipped.`]
  if (requestsPerMinute === null || planned <= requestsPerMinute) return []
  return [
    `${name} may be asked ${requestsPerMinute} times a minute, and its plan asks ${planned.toFixed(1)} times.`,
    'What is over that is skipped: raise its requests_per_minute, or ask less often.',
  ]
}
