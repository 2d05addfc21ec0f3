import type { ResultLine } from '@llmstatus/shared/result'
import { type Column, rowText, widthOf, widthsOf, wrap } from '../print/columns.ts'
import { money, speed, time, unknown } from '../print/numbers.ts'
import type { Paint } from '../print/paint.ts'
import type { Probe } from '../probe.ts'
import { tokensPerSecond } from './speed.ts'
import { glyphs, stateOf } from './state.ts'
import { type KeyNameOf, type Told, tell } from './words.ts'

/** One probe that was measured. */
export interface Measured {
  readonly probe: Probe
  readonly line: ResultLine
}

interface Look {
  readonly columns: number
  readonly paint: Paint
  readonly keyNameOf: KeyNameOf
}

const provider: Column = { head: 'provider', side: 'left', least: 8 }
const others: readonly Column[] = [
  { head: 'model', side: 'left', least: 10, keeps: 'tail' },
  { head: 'probe', side: 'left', least: 9 },
  { head: 'first token', side: 'right' },
  { head: 'total', side: 'right' },
  { head: 'tok/s', side: 'right' },
  { head: 'cost', side: 'right' },
]

const glyphWidth = 2
const widestText = 100

/** With the provider in a column of its own, or, where that leaves too little, as a heading above its probes. */
export const table = (measured: readonly Measured[], look: Look): readonly string[] => {
  const rows = measured.map(cellsOf)
  const flat = [provider, ...others]
  const flatRows = rows.map((row, at) => [measured[at]?.probe.provider ?? '', ...row])
  const room = look.columns - glyphWidth
  const fits = widthsOf(flat, flatRows, Number.POSITIVE_INFINITY)
  if (widthOf(fits) <= room) return body(measured, look, { columns: flat, widths: fits, rows: flatRows })
  return body(measured, look, { columns: others, widths: widthsOf(others, rows, room), rows, heading: true })
}

interface Laid {
  readonly columns: readonly Column[]
  readonly widths: readonly number[]
  readonly rows: readonly (readonly string[])[]
  readonly heading?: true
}

const body = (
  measured: readonly Measured[],
  look: Look,
  { columns, widths, rows, heading }: Laid,
): readonly string[] => {
  const heads = columns.map(({ head }) => head)
  return [
    look.paint(' '.repeat(glyphWidth) + rowText(columns, widths, heads), 'faint'),
    ...measured.flatMap(({ probe, line }, at) => {
      const [before, after] = [measured[at - 1], measured[at + 1]]
      const isFirst = before?.probe.provider !== probe.provider
      const state = stateOf(probe, line)
      return [
        ...(heading && isFirst ? [look.paint(probe.provider, 'strong')] : []),
        `${look.paint(glyphs[state], state)} ${rowText(columns, widths, rows[at] ?? [])}`,
        ...toldLines({ probe, line }, after, look),
      ]
    }),
  ]
}

const cellsOf = ({ probe, line }: Measured): readonly string[] => [
  probe.model ?? unknown,
  probe.probe,
  time(line.us.first_token),
  time(line.outcome === 'ok' ? endOf(line) : line.us.last_byte),
  speed(tokensPerSecond(line)),
  money(line.cost_usd),
]

/** Of a connection that nothing is asked of, the end is that it is open. */
const endOf = ({ us }: ResultLine): number | null => us.last_byte ?? us.tls ?? us.tcp

/** What is also true of the next one of this provider is said below that. */
const toldLines = (one: Measured, after: Measured | undefined, look: Look): readonly string[] => {
  const told = tell(one.probe, one.line, look.keyNameOf)
  if (told === null) return []
  const isNext = after !== undefined && after.probe.provider === one.probe.provider
  if (isNext && isSame(told, tell(after.probe, after.line, look.keyNameOf))) return []
  const width = Math.min(look.columns, widestText) - 2 * glyphWidth
  const indent = ' '.repeat(glyphWidth)
  const state = stateOf(one.probe, one.line)
  const reason = wrap(told.reason, width).map(text => `${indent}${look.paint(text, state)}`)
  const remedy = told.remedy === null ? [] : wrap(told.remedy, width)
  return [...reason, ...remedy.map((text, at) => `${indent}${at === 0 ? '→' : ' '} ${text}`)]
}

const isSame = (a: Told, b: Told | null): boolean => a.reason === b?.reason && a.remedy === b.remedy
