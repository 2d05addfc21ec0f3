import { type Family, histogramSamples, type Sample } from '@llmstatus/shared/exposition'
import type { Counted } from './counts.ts'

/** What is so at this moment, beside what was counted. */
export interface Present {
  readonly version: string
  readonly ready: boolean
  readonly standing: string
  readonly vantage: 'online' | 'offline' | 'unknown'
  readonly endpoints: number
  /** The set of definitions from outside that is in force. */
  readonly definitions: { readonly expiresMs: number; readonly running: number; readonly refused: number } | null
  readonly spool: {
    readonly sizeBytes: number
    readonly waitingSinceMs: number | null
    readonly keptBytes: number
    readonly maxBytes: number
    readonly writable: boolean
  } | null
  /** Of the UTC day; null as a credential is all of them together, null as a limit is none. */
  readonly budget: readonly Purse[]
  readonly process: { readonly startedMs: number; readonly cpuS: number; readonly residentBytes: number }
}

export interface Purse {
  readonly credential: string | null
  readonly provider: string | null
  readonly spentUsd: number
  readonly limitUsd: number | null
}

export const families = (counted: Counted, now: Present): readonly Family[] => [
  gauge('build_info', 'Always 1; the labels say what runs.', [{ labels: { version: now.version }, value: 1 }]),
  gauge('ready', 'Whether /readyz answers 200.', [one(now.ready ? 1 : 0)]),
  gauge('aggregator_standing', 'Always 1; the label is what the aggregator said last.', [
    { labels: { standing: now.standing }, value: 1 },
  ]),
  gauge('vantage_standing', 'Always 1; the label says whether anybody can be reached from here.', [
    { labels: { standing: now.vantage }, value: 1 },
  ]),
  gauge('endpoints', 'What is measured now.', [one(now.endpoints)]),
  ...definitionFamilies(now),
  counter('results_total', 'Probes that ran, by their outcome.', counted.results),
  counter('skipped_slots_total', 'Planned slots that were not measured, by the reason.', counted.skips),
  counter('cost_usd_total', 'What probes have cost, as far as it is known.', counted.costUsd),
  ...budgetFamilies(now),
  ...spoolFamilies(now),
  counter('lost_results_total', 'Results that a signed gap record stands for, by the reason.', counted.lost),
  counter('sends_total', 'Records offered to the aggregator, by what became of it.', counted.sends),
  gauge('last_accepted_timestamp_seconds', 'When a receipt last held.', seconds(counted.lastAcceptedMs)),
  {
    name: 'loop_delay_seconds',
    help: 'The longest time that the event loop was held while a probe ran.',
    type: 'histogram',
    samples: histogramSamples(counted.loopDelay),
  },
  {
    name: 'uncertainty_seconds',
    help: 'How far a result admits that its stamps may be late.',
    type: 'histogram',
    samples: histogramSamples(counted.uncertainty),
  },
]

const definitionFamilies = ({ definitions }: Present): readonly Family[] =>
  definitions === null
    ? []
    : [
        gauge('remote_definitions', 'Definitions from outside, by what became of them here.', [
          { labels: { state: 'running' }, value: definitions.running },
          { labels: { state: 'refused' }, value: definitions.refused },
        ]),
        gauge('remote_definitions_expiry_timestamp_seconds', 'When they are stale unless a newer set has come.', [
          one(definitions.expiresMs / 1000),
        ]),
      ]

/** Under the names that every process exports. */
export const processFamilies = ({ process: { startedMs, cpuS, residentBytes } }: Present): readonly Family[] => [
  gauge('start_time_seconds', 'When this process started.', [one(startedMs / 1000)]),
  { ...gauge('cpu_seconds_total', 'User and system time.', [one(cpuS)]), type: 'counter' },
  gauge('resident_memory_bytes', 'Resident memory.', [one(residentBytes)]),
]

const budgetFamilies = ({ budget }: Present): readonly Family[] => {
  const each = budget.flatMap(({ credential, provider, ...purse }) =>
    credential === null || provider === null ? [] : [{ labels: { credential, provider }, ...purse }],
  )
  const all = budget.filter(({ credential }) => credential === null)
  const limits = (purses: readonly (Pick<Purse, 'limitUsd'> & Pick<Sample, 'labels'>)[]): readonly Sample[] =>
    purses.flatMap(({ labels, limitUsd }) =>
      limitUsd === null ? [] : [{ ...(labels && { labels }), value: limitUsd }],
    )
  return [
    gauge(
      'budget_spent_usd',
      'What each key has spent of today (UTC), what is under way at its bound.',
      each.map(({ labels, spentUsd }) => ({ labels, value: spentUsd })),
    ),
    gauge('budget_limit_usd', 'What each key may spend in a day, where it has a limit of its own.', limits(each)),
    gauge(
      'budget_all_keys_spent_usd',
      'What all keys together have spent of today (UTC).',
      all.map(({ spentUsd }) => one(spentUsd)),
    ),
    gauge('budget_all_keys_limit_usd', 'What all keys together may spend in a day.', limits(all)),
  ]
}

const spoolFamilies = ({ spool }: Present): readonly Family[] =>
  spool === null
    ? []
    : [
        gauge('spool_bytes', 'What waits on disk for a receipt.', [one(spool.sizeBytes)]),
        gauge('spool_kept_bytes', 'What was acknowledged and is kept for a day.', [one(spool.keptBytes)]),
        gauge('spool_max_bytes', 'Above this the oldest is dropped.', [one(spool.maxBytes)]),
        gauge(
          'spool_waiting_since_timestamp_seconds',
          'The oldest result without a receipt; absent where everything is taken.',
          seconds(spool.waitingSinceMs),
        ),
        gauge('spool_writable', 'Whether the last write held.', [one(spool.writable ? 1 : 0)]),
      ]

const gauge = (name: string, help: string, samples: readonly Sample[]): Family => ({
  name,
  help,
  type: 'gauge',
  samples,
})

const counter = (name: string, help: string, samples: readonly Sample[]): Family => ({
  name,
  help,
  type: 'counter',
  samples,
})

const one = (value: number): Sample => ({ value })
const seconds = (ms: number | null): readonly Sample[] => (ms === null ? [] : [one(ms / 1000)])
