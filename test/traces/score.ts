import type { Trace } from './trace.ts'

/** Alarms beside labels. An alarm is right while its label lasts, and a little after: the last looks are still on their way. */
export interface Score {
  /** Alarms where nothing was wrong. */
  readonly falseAlarms: number
  readonly rightAlarms: number
  /** Times at which somebody had to be told, and those of them at which somebody was. */
  readonly expected: number
  readonly found: number
  /** From the onset to the first alarm; the whole of it where nobody was told, or who misses the hard ones would look fast. */
  readonly delaysS: readonly number[]
}

const graceMs = 10 * 60_000

/** `alarmsMs` is when somebody was told. */
export const scoreOf = (trace: Pick<Trace, 'labels'>, alarmsMs: readonly number[]): Score => {
  const { labels } = trace
  const isIn = (ms: number) => labels.some(({ fromMs, toMs }) => ms >= fromMs && ms < toMs + graceMs)
  const right = alarmsMs.filter(isIn).length
  const wanted = labels.filter(({ expect }) => expect === 'alarm')
  const delays = wanted.map(({ fromMs, toMs }) => {
    // Who was told while it was only coming need not be told again.
    const may = labels.find(label => label.expect === 'may' && label.toMs === fromMs)
    const first = alarmsMs.find(ms => ms >= (may?.fromMs ?? fromMs) && ms < toMs)
    return { found: first !== undefined, s: Math.max(0, ((first ?? toMs) - fromMs) / 1000) }
  })
  return {
    falseAlarms: alarmsMs.length - right,
    rightAlarms: right,
    expected: wanted.length,
    found: delays.filter(({ found }) => found).length,
    delaysS: delays.map(({ s }) => s),
  }
}

export const sumOf = (scores: readonly Score[]): Score => ({
  falseAlarms: scores.reduce((sum, one) => sum + one.falseAlarms, 0),
  rightAlarms: scores.reduce((sum, one) => sum + one.rightAlarms, 0),
  expected: scores.reduce((sum, one) => sum + one.expected, 0),
  found: scores.reduce((sum, one) => sum + one.found, 0),
  delaysS: scores.flatMap(one => one.delaysS),
})
