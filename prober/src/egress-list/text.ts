import { type Column, rowText, widthsOf } from '../print/columns.ts'
import { hostPort, isAnywhere, type Way } from './way.ts'

/** For a person: a line a place, what it may resolve to, and why. */
const columns: readonly Column[] = [
  { head: 'to', side: 'left' },
  { head: 'by', side: 'left' },
  { head: 'addresses', side: 'left' },
  { head: 'why', side: 'left' },
]

export const waysText = (ways: readonly Way[]): readonly string[] => {
  if (ways.length === 0) return ['Nobody is contacted: no key was found, no target is set, and nothing is reported.']
  const rows = ways.map(way => [
    hostPort(way),
    way.through === null ? way.proto : `${way.proto} through ${way.through}`,
    addressesText(way),
    way.why.join('; '),
  ])
  const widths = widthsOf(columns, rows, Number.POSITIVE_INFINITY)
  return [columns.map(({ head }) => head), ...rows].map(row => rowText(columns, widths, row))
}

const addressesText = ({ addresses, through }: Way): string => {
  if (through !== null) return 'resolved by the proxy'
  if (addresses === 'public') return 'public'
  return isAnywhere(addresses) ? 'any but metadata' : addresses.join(' ')
}
