import { type Blame, type Outcome, outcomeCodes, outcomes } from '@llmstatus/shared/outcome'

/**
 * The words of a judgement: closed lists, the same in rows, logs, API and page. Nothing here decides anything, so it is
 * the one file of this room that other rooms may import with ./verdict.ts and ./policy.ts.
 */

/** Worst first: the order is the severity. */
export const states = [
  'outage',
  'partial_outage',
  'degraded',
  'slow',
  'throttled',
  'unknown',
  'maintenance',
  'operational',
] as const
export type State = (typeof states)[number]

/** The states that say the provider is at fault; these open incidents. */
export const failingStates = ['outage', 'partial_outage', 'degraded', 'slow'] as const satisfies readonly State[]
export type FailingState = (typeof failingStates)[number]

export const isFailing = (state: State): state is FailingState => (failingStates as readonly State[]).includes(state)

export type StatuspageWord =
  | 'major_outage'
  | 'partial_outage'
  | 'degraded_performance'
  | 'under_maintenance'
  | 'operational'

export const stateWords = {
  outage: { word: 'Outage', says: 'is out', statuspage: 'major_outage' },
  partial_outage: { word: 'Partial outage', says: 'is partly out', statuspage: 'partial_outage' },
  degraded: { word: 'Degraded', says: 'is degraded', statuspage: 'degraded_performance' },
  slow: { word: 'Slow', says: 'is slow', statuspage: 'degraded_performance' },
  throttled: { word: 'Throttled', says: 'throttles your account', statuspage: 'operational' },
  unknown: { word: 'Unknown', says: 'is not known', statuspage: 'operational' },
  maintenance: { word: 'Maintenance', says: 'is under maintenance', statuspage: 'under_maintenance' },
  operational: { word: 'Operational', says: 'is operational', statuspage: 'operational' },
} as const satisfies Record<State, { word: string; says: string; statuspage: StatuspageWord }>

/** 0 is best. */
export const severity = (state: State): number => states.length - 1 - states.indexOf(state)

export const worse = <T extends { readonly state: State }>(a: T, b: T): T =>
  severity(b.state) > severity(a.state) ? b : a

export const confidences = ['low', 'medium', 'high'] as const
export type Confidence = (typeof confidences)[number]

/** What a judgement may give as its reason beside the outcome that decided it. */
const ownReasons = {
  healthy: 'Everything that counted was well.',
  isolated_failures: 'Single failures, too few to mean anything.',
  first_token_slow: 'The first token comes later than it should.',
  answer_slow: 'The whole answer comes later than it should.',
  tokens_slow: 'Between two tokens more time passes than was agreed.',
  no_results: 'Nothing has come for more than three intervals.',
  too_few_results: 'Only failures so far, and too few of them to tell.',
  never_measured: 'No result has come yet.',
} as const
type OwnReason = keyof typeof ownReasons

export type Reason = OwnReason | Exclude<Outcome, 'ok'>

const outcomeReasons = outcomeCodes.filter(code => code !== 'ok')

export const reasons = [...Object.keys(ownReasons), ...outcomeReasons] as [Reason, ...Reason[]]

export const reasonWords = (reason: Reason): string =>
  reason in ownReasons ? ownReasons[reason as OwnReason] : outcomes[reason as Outcome].meaning

export const blames = ['provider', 'account', 'config', 'vantage'] as const satisfies readonly Blame[]
