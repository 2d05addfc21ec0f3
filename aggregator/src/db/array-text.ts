/**
 * A column of many rows as Postgres writes an array: `{1,2,NULL}`. Both drivers would make it too, value by value, each
 * asked what it is and quoted: that alone was a third of what a batch cost.
 */
export type Cell = string | number | boolean | null

export const arrayText = (cells: readonly Cell[]): string => `{${cells.map(cellText).join(',')}}`

const cellText = (cell: Cell): string => {
  if (cell === null) return 'NULL'
  return typeof cell === 'string' ? `"${needsEscape.test(cell) ? cell.replace(escaped, '\\$&') : cell}"` : String(cell)
}

const needsEscape = /["\\]/
const escaped = /["\\]/g
