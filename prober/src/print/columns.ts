/** A table of plain cells for a screen of some width: what does not fit is cut where it says least. */
export interface Column {
  readonly head: string
  readonly side: 'left' | 'right'
  /** It may be cut to so many characters; without it, never. */
  readonly least?: number
  /** Which end is kept: the tail of a long model id says more than its head. */
  readonly keeps?: 'head' | 'tail'
}

const gap = 2

/** The widths in which these rows fit, as far as they can: the widest of those that may be cut gives first. */
export const widthsOf = (columns: readonly Column[], rows: readonly (readonly string[])[], room: number): number[] => {
  const widths = columns.map(({ head }, at) => Math.max(head.length, ...rows.map(row => row[at]?.length ?? 0)))
  while (widthOf(widths) > room) {
    const spare = widths.map((width, at) => width - (columns[at]?.least ?? width))
    const widest = spare.indexOf(Math.max(...spare))
    if ((spare[widest] ?? 0) <= 0) break
    widths[widest] = (widths[widest] ?? 0) - 1
  }
  return widths
}

export const widthOf = (widths: readonly number[]): number =>
  widths.reduce((sum, width) => sum + width, gap * (widths.length - 1))

export const rowText = (columns: readonly Column[], widths: readonly number[], row: readonly string[]): string =>
  columns
    .map((column, at) => {
      const width = widths[at] ?? 0
      const text = cut(row[at] ?? '', width, column.keeps ?? 'head')
      return column.side === 'left' ? text.padEnd(width) : text.padStart(width)
    })
    .join(' '.repeat(gap))
    .trimEnd()

const cut = (text: string, width: number, keeps: 'head' | 'tail'): string => {
  if (text.length <= width) return text
  return keeps === 'head' ? `${text.slice(0, width - 1)}…` : `…${text.slice(text.length - width + 1)}`
}

/** Words in lines of at most so many characters; a longer one has a line to itself, and a space that does not break is in one. */
export const wrap = (text: string, width: number): readonly string[] => {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines.map(line => line.replaceAll(nbsp, ' '))
}

export const nbsp = '\u00a0'
