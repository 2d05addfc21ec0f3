import type { BenchRecord } from './bench.ts'

const headings = ['bench', 'case', 'metric', 'value', 'unit', 'runs', 'spread', 'of limit'] as const

/** Text to the left, numbers to the right. */
const numeric: ReadonlySet<(typeof headings)[number]> = new Set(['value', 'runs', 'spread', 'of limit'])

export const table = (records: readonly BenchRecord[]): string => {
  const rows = [headings, ...records.map(cells)]
  const widths = headings.map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)))
  return rows
    .map(row => headings.map((heading, column) => padded(row[column] ?? '', widths[column] ?? 0, heading)).join('  '))
    .map(line => line.trimEnd())
    .join('\n')
}

const padded = (text: string, width: number, heading: (typeof headings)[number]): string =>
  numeric.has(heading) ? text.padStart(width) : text.padEnd(width)

const cells = (record: BenchRecord): readonly string[] => [
  record.bench,
  record.case,
  record.metric,
  amount(record.value),
  record.unit,
  String(record.runs),
  `${Math.round(record.spread * 100)} %`,
  record.ratio === null ? '' : `${amount(record.ratio)} × ${record.limit}`,
]

/** Four figures: more than any of these measurements has. */
const amount = (value: number): string =>
  Math.abs(value) >= 1000 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(4)))
