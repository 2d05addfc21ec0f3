import type { Outcome } from '@llmstatus/shared/outcome'
import { lateMs, type Row, type Trace } from './trace.ts'

/**
 * A trace as a file: its head, then a line a result, in the order of arrival: ms since the one before, which series, how old its
 * slot was then, why, what it took; and where it was not ok the outcome, its status and its signal.
 */
export const textOf = (trace: Trace): string => {
  const { rows, ...head } = trace
  let lastMs = trace.startMs
  const lines = rows.map(row => {
    const line = lineOf(row, row.arrivedMs - lastMs)
    lastMs = row.arrivedMs
    return line
  })
  return `${JSON.stringify(head)}\n${lines.join('\n')}\n`
}

const whys: Readonly<Record<string, string>> = { schedule: 's', followup: 'f' }
const whyOf: Readonly<Record<string, string>> = { s: 'schedule', f: 'followup' }

const lineOf = ({ arrivedMs, of, seen }: Row, sinceMs: number): string => {
  const common = `${sinceMs} ${of} ${arrivedMs - seen.slotMs} ${whys[seen.why] ?? seen.why}`
  if (seen.outcome === 'ok') return `${common} ${seen.totalMs}${seen.firstTokenMs === null ? '' : ' t'}`
  return `${common} ${seen.outcome} ${seen.httpStatus ?? '-'} ${seen.signal ?? '-'}`
}

export const readTrace = (text: string): Trace => {
  const [first = '', ...lines] = text.trimEnd().split('\n')
  const head: Omit<Trace, 'rows'> = JSON.parse(first)
  let lastMs = head.startMs
  const rows = lines.map(line => {
    const row = rowOf(line, lastMs)
    lastMs = row.arrivedMs
    return row
  })
  return { ...head, rows }
}

const rowOf = (line: string, lastMs: number): Row => {
  const [since, of, age, why = '', what = '', ...rest] = line.split(' ')
  const arrivedMs = lastMs + Number(since)
  const isOk = /^\d+$/.test(what)
  const [status, signal] = isOk ? [] : rest
  return {
    arrivedMs,
    of: Number(of),
    seen: {
      slotMs: arrivedMs - Number(age),
      why: whyOf[why] ?? why,
      outcome: isOk ? 'ok' : (what as Outcome),
      signal: signal === undefined || signal === '-' ? null : signal,
      httpStatus: isOk ? 200 : status === '-' ? null : Number(status),
      firstTokenMs: isOk && rest[0] === 't' ? Number(what) : null,
      totalMs: isOk ? Number(what) : null,
      late: Number(age) > lateMs,
    },
  }
}
