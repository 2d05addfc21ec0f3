import type { Family, Labels, Sample } from '@llmstatus/shared/exposition'
import { states } from '../../judge/state.ts'
import type { Present } from '../present.ts'
import {
  countedKinds,
  type HeadroomRow,
  type LatencyRow,
  type ProberRow,
  type SeriesName,
  type TodayRow,
} from './queries.ts'

/**
 * What /metrics says. Pure. Counters are those of the UTC day: at midnight they begin again, as Prometheus expects of a program
 * that was started again, so no scrape costs more because there is more history, and every replica says the same.
 */
export interface MetricRows {
  readonly present: Present
  readonly today: readonly TodayRow[]
  readonly latencies: readonly LatencyRow[]
  readonly headroom: readonly HeadroomRow[]
  readonly probers: readonly ProberRow[]
}

export const familiesOf = (rows: MetricRows): readonly Family[] => [
  ...presentFamilies(rows.present),
  ...countFamilies(rows.today),
  histogram('first_token_seconds', 'Time to the first token of answers that were well', {
    rows: rows.latencies,
    metric: 'first_token',
  }),
  histogram('answer_seconds', 'Time to the last byte of answers that were well', {
    rows: rows.latencies,
    metric: 'total',
  }),
  gauge(
    'rate_limit_remaining_ratio',
    'What was left of a limit when the newest answer came.',
    headroomOf(rows.headroom),
  ),
  ...proberFamilies(rows.probers),
]

const presentFamilies = ({ status, rows }: Present): readonly Family[] => [
  gauge(
    'provider_state',
    'One series a state; that of now is 1.',
    status.providers.flatMap(one => stateSamples({ provider: one.id }, one.state)),
  ),
  gauge(
    'endpoint_state',
    'One series a state; that of now is 1.',
    rows.endpoints.flatMap(row =>
      stateSamples({ provider: row.provider, model: row.model, probe: row.probe }, row.state ?? 'unknown'),
    ),
  ),
  gauge(
    'vantage_state',
    'How well a vantage measures, by its own reference.',
    status.vantages.flatMap(one => stateSamples({ vantage: one.name }, one.state)),
  ),
  gauge(
    'provider_uptime_ratio',
    'ok / (ok + failed by the provider) of the last 24 hours.',
    known(status.providers.map(one => ({ labels: { provider: one.id }, value: one.uptime_24h }))),
  ),
  gauge(
    'provider_coverage_ratio',
    'Measured / planned probes of the last 24 hours.',
    known(status.providers.map(one => ({ labels: { provider: one.id }, value: one.coverage }))),
  ),
  gauge(
    'provider_incident_open',
    'Whether there is an open incident.',
    status.providers.map(one => ({ labels: { provider: one.id }, value: one.incident_id === null ? 0 : 1 })),
  ),
  gauge(
    'vantage_last_result_timestamp_seconds',
    'When the newest result of a vantage was measured.',
    known(
      status.vantages.map(one => ({
        labels: { vantage: one.name },
        value: one.last_result_at === null ? null : Date.parse(one.last_result_at) / 1000,
      })),
    ),
  ),
  gauge(
    'vantage_clock_offset_seconds',
    "How far a prober's clock is ahead of ours.",
    known(
      status.vantages.map(one => ({
        labels: { vantage: one.name },
        value: one.clock_offset_ms === null ? null : one.clock_offset_ms / 1000,
      })),
    ),
  ),
]

const stateSamples = (labels: Labels, now: string): readonly Sample[] =>
  states.map(state => ({ labels: { ...labels, state }, value: state === now ? 1 : 0 }))

const known = (samples: readonly { readonly labels: Labels; readonly value: number | null }[]): readonly Sample[] =>
  samples.flatMap(({ labels, value }) => (value === null ? [] : [{ labels, value }]))

const ofToday = 'This UTC day; begins again at midnight.'

const countFamilies = (today: readonly TodayRow[]): readonly Family[] => [
  counter(
    'probes_total',
    `Planned probes, by what became of them. ${ofToday}`,
    today.flatMap(row => countedKinds.map(kind => ({ labels: { ...nameOf(row), result: kind }, value: row[kind] }))),
  ),
  counter(
    'output_tokens_total',
    `Tokens that were answered. ${ofToday}`,
    today.map(row => ({ labels: nameOf(row), value: row.tokens_out })),
  ),
  counter(
    'cost_usd_total',
    `What probes have cost, as far as it is known. ${ofToday}`,
    today.map(row => ({ labels: nameOf(row), value: row.cost_usd })),
  ),
]

const nameOf = ({ provider, model, probe, vantage }: SeriesName): Labels => ({ provider, model, probe, vantage })

/** 16 ms to 65.536 s, twice as much each time. */
const powers = Array.from({ length: 13 }, (_, n) => n + 4)

const histogram = (
  name: string,
  help: string,
  of: { readonly rows: readonly LatencyRow[]; readonly metric: string },
): Family => ({
  name,
  help: `${help}. ${ofToday}`,
  type: 'histogram',
  samples: of.rows.filter(row => row.metric === of.metric).flatMap(bucketsOf),
})

const bucketsOf = (row: LatencyRow): readonly Sample[] => {
  const labels = nameOf(row)
  const counts = Object.entries(row.powers).map(([power, count]) => ({ power: Number(power), count }))
  const upTo = (most: number): number =>
    counts.reduce((sum, { power, count }) => (power <= most ? sum + count : sum), 0)
  const all = upTo(Number.POSITIVE_INFINITY)
  return [
    ...powers.map(
      (power): Sample => ({
        suffix: '_bucket',
        labels: { ...labels, le: String(2 ** power / 1000) },
        value: upTo(power),
      }),
    ),
    { suffix: '_bucket', labels: { ...labels, le: '+Inf' }, value: all },
    { suffix: '_sum', labels, value: row.sum / 1000 },
    { suffix: '_count', labels, value: all },
  ]
}

const headroomOf = (rows: readonly HeadroomRow[]): readonly Sample[] =>
  rows.flatMap(row =>
    known([
      { labels: { ...nameOf(row), limit: 'requests' }, value: row.requests },
      { labels: { ...nameOf(row), limit: 'tokens' }, value: row.tokens },
    ]),
  )

const proberFamilies = (probers: readonly ProberRow[]): readonly Family[] => [
  counter(
    'ledger_records_total',
    'Signed records of a prober that are stored.',
    probers.map(({ vantage, head_seq }) => ({ labels: { vantage }, value: head_seq })),
  ),
  counter(
    'rejected_lines_total',
    'Lines that did not parse, by the reason.',
    probers.flatMap(({ vantage, rejected }) =>
      Object.entries(rejected).map(([reason, value]) => ({ labels: { vantage, reason }, value })),
    ),
  ),
]

export interface Own {
  readonly version: string
  readonly databaseUp: boolean
  /** When the database was last read for this. */
  readonly readMs: number | null
  /** Of what runs beside ingest, by name, when it last came to its end. */
  readonly lastSuccessMs: ReadonlyMap<string, number>
}

/** What is said even while the database is away. */
export const ownFamilies = ({ version, databaseUp, readMs, lastSuccessMs }: Own): readonly Family[] => [
  gauge('build_info', 'Always 1; the label says what runs.', [{ labels: { version }, value: 1 }]),
  gauge('database_up', 'Whether the database answered this question.', [{ value: databaseUp ? 1 : 0 }]),
  ...[...new Map([...lastSuccessMs, ...(readMs === null ? [] : [['database_read', readMs] as const])])].map(
    ([name, ms]) =>
      gauge(`${name}_last_success_timestamp_seconds`, 'When it last came to its end.', [{ value: ms / 1000 }]),
  ),
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
