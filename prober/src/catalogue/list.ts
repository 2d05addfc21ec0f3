import { type Column, rowText, widthsOf } from '../print/columns.ts'
import { duration, money, unknown } from '../print/numbers.ts'
import type { Paint } from '../print/paint.ts'
import type { ProbeRow } from './probes.ts'
import { type Price, type ProviderRow, staleAfterDays } from './providers.ts'

interface Look {
  readonly columns: number
  readonly paint: Paint
}

const providerColumns = (suites: readonly string[]): readonly Column[] => [
  { head: 'provider', side: 'left', least: 8 },
  { head: 'key', side: 'left' },
  { head: 'chats with', side: 'left', least: 10, keeps: 'tail' },
  { head: '$/M in/out', side: 'right' },
  { head: 'as of', side: 'left' },
  ...suites.map((head): Column => ({ head, side: 'right' })),
]

/** Every provider there is a file for, and what a day of each billed suite costs at most. */
export const providerTable = (rows: readonly ProviderRow[], look: Look): readonly string[] => {
  const all = Object.keys(rows[0]?.suites_usd_per_day ?? {})
  const suites = all.filter(id => rows.some(row => row.suites_usd_per_day[id] !== 0))
  const free = all.filter(id => !suites.includes(id))
  const cells = rows.map(row => [
    row.id,
    row.key,
    row.model ?? unknown,
    pair(row.price),
    asOf(row.price),
    ...suites.map(id => perDay(row.suites_usd_per_day[id] ?? null)),
  ])
  return [
    ...tableOf(providerColumns(suites.map(id => `${id}/day`)), cells, look),
    ...free.map(id => look.paint(`${id} costs nothing with any of them`, 'faint')),
    ...(hasStale(rows) ? [look.paint(staleNote, 'faint')] : []),
  ]
}

const probeColumns: readonly Column[] = [
  { head: 'provider', side: 'left', least: 8 },
  { head: 'model', side: 'left', least: 10, keeps: 'tail' },
  { head: 'probe', side: 'left', least: 9 },
  { head: 'every', side: 'right' },
  { head: 'key', side: 'left' },
  { head: 'as of', side: 'left' },
  { head: 'cost/day', side: 'right' },
]

/** Every probe that would run here. */
export const probeTable = (rows: readonly ProbeRow[], look: Look): readonly string[] => {
  const cells = rows.map(row => [
    row.provider,
    row.model ?? unknown,
    row.probe,
    duration(row.every_ms),
    row.key,
    asOf(row.price),
    perDay(row.usd_per_day),
  ])
  return [...tableOf(probeColumns, cells, look), ...(hasStale(rows) ? [look.paint(staleNote, 'faint')] : [])]
}

const tableOf = (columns: readonly Column[], cells: readonly (readonly string[])[], look: Look): readonly string[] => {
  const widths = widthsOf(columns, cells, look.columns)
  const heads = columns.map(({ head }) => head)
  return [look.paint(rowText(columns, widths, heads), 'faint'), ...cells.map(row => rowText(columns, widths, row))]
}

const perDay = (usd: number | null): string => (usd === null ? '?' : money(usd))

const pair = (price: Price | null): string =>
  price === null ? unknown : `${price.input ?? '?'}/${price.output ?? '?'}`

/** A price that nobody has looked at for long may not be true any more. */
const asOf = (price: Price | null): string => (price === null ? unknown : `${price.as_of}${price.stale ? ' !' : ''}`)

const staleNote = `! was looked at more than ${staleAfterDays} days ago, and may have changed`

const hasStale = (rows: readonly { readonly price: Price | null }[]): boolean =>
  rows.some(({ price }) => price?.stale === true)
