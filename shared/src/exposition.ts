/**
 * Measurements as Prometheus reads them, text format 0.0.4: what /metrics of both programs answers.
 *
 * Conventions: one prefix, base units (seconds, bytes), `_total` on what only grows, one series per state.
 */
export interface Family {
  /** Without the prefix. */
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly samples: readonly Sample[]
}

export interface Sample {
  /** Behind the family's name: `_bucket`, `_sum` or `_count` of a histogram. */
  readonly suffix?: '_bucket' | '_sum' | '_count'
  readonly labels?: Labels
  readonly value: number
}

export type Labels = Readonly<Record<string, string>>

export const contentType = 'text/plain; version=0.0.4; charset=utf-8'

/** A family without a sample is left out: a series that was never seen is not zero, it is not there. */
export const exposition = (prefix: string, families: readonly Family[]): string =>
  families
    .filter(({ samples }) => samples.length > 0)
    .map(family => familyText(`${prefix}${family.name}`, family))
    .join('')

const familyText = (name: string, { help, type, samples }: Family): string =>
  [
    `# HELP ${name} ${escaped(help)}`,
    `# TYPE ${name} ${type}`,
    ...samples.map(({ suffix = '', labels = {}, value }) => `${name}${suffix}${labelText(labels)} ${number(value)}`),
    '',
  ].join('\n')

const labelText = (labels: Labels): string => {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value).replaceAll('"', '\\"')}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')

const number = (value: number): string => {
  if (value === Number.POSITIVE_INFINITY) return '+Inf'
  if (value === Number.NEGATIVE_INFINITY) return '-Inf'
  return String(value)
}

/** What was measured so far, against fixed bounds. */
export interface Histogram {
  readonly bounds: readonly number[]
  /** One more than bounds: the last is what is above all of them. */
  readonly counts: readonly number[]
  readonly sum: number
}

export const emptyHistogram = (bounds: readonly number[]): Histogram => ({
  bounds,
  counts: Array.from({ length: bounds.length + 1 }, () => 0),
  sum: 0,
})

export const observe = ({ bounds, counts, sum }: Histogram, value: number): Histogram => {
  const at = bounds.findIndex(bound => value <= bound)
  const index = at === -1 ? bounds.length : at
  return { bounds, counts: counts.map((count, n) => (n === index ? count + 1 : count)), sum: sum + value }
}

/** Cumulative, as the format wants them. */
export const histogramSamples = ({ bounds, counts, sum }: Histogram, labels: Labels = {}): readonly Sample[] => {
  const total = counts.reduce((all, count) => all + count, 0)
  let below = 0
  const buckets = [...bounds, Number.POSITIVE_INFINITY].map((bound, index): Sample => {
    below += counts[index] ?? 0
    return { suffix: '_bucket', labels: { ...labels, le: number(bound) }, value: below }
  })
  return [...buckets, { suffix: '_sum', labels, value: sum }, { suffix: '_count', labels, value: total }]
}
