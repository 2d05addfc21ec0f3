import { type Column, rowText, widthsOf } from '../print/columns.ts'
import type { CorpusRun } from './run-corpus.ts'
import type { Verdict } from './verdict.ts'

/** What came of it, for a person: a line a case, and two sentences. */
const columns: readonly Column[] = [
  { head: 'case', side: 'left', least: 24 },
  { head: 'tried', side: 'left', least: 24 },
  { head: 'verdict', side: 'left' },
  { head: 'by', side: 'left' },
  { head: 'reason', side: 'left', least: 20, keeps: 'tail' },
  { head: 'key bytes', side: 'right' },
]

/** A table of its own width for a file, or as wide as the screen. */
export const corpusTable = (verdicts: readonly Verdict[], room: number): readonly string[] => {
  const rows = verdicts.map(verdict => [
    `${verdict.wrong === null ? '' : '! '}${verdict.case}`,
    plainText(verdict.tried),
    verdict.verdict,
    verdict.by,
    plainText(verdict.reason),
    String(verdict.key_bytes + verdict.said_key_bytes),
  ])
  const widths = widthsOf(columns, rows, room)
  return [columns.map(({ head }) => head), ...rows].map(row => rowText(columns, widths, row))
}

/** What a case tries is not done to the screen of who reads of it. */
const plainText = (text: string): string =>
  text.replace(/[^\x20-\x7e]/gu, char => `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`)

export const corpusSummary = ({ verdicts, keyBytes }: CorpusRun): readonly string[] => {
  const wrong = verdicts.filter(verdict => verdict.wrong !== null)
  const count = (verdict: Verdict['verdict']) => verdicts.filter(each => each.verdict === verdict).length
  const control = Math.max(0, ...verdicts.filter(({ kind }) => kind === 'control').map(each => each.own_key_bytes))
  const isClean = keyBytes === 0 && verdicts.every(each => each.key_bytes + each.said_key_bytes === 0)
  return [
    ...wrong.map(
      verdict => `! ${verdict.case}: ${verdict.wrong}; it was ${verdict.verdict}: ${plainText(verdict.reason)}`,
    ),
    `${verdicts.length} cases, ${wrong.length === 0 ? 'all' : verdicts.length - wrong.length} as expected: ${count('deny')} denied, ${count('allow')} allowed.`,
    isClean
      ? 'No byte of a key was received where it has no business, or said in a result, a log line or a message.'
      : 'A key was received where it has no business, or said.',
    control === 0
      ? 'No control ran, so nothing shows that the sink would see a key.'
      : `The sink would have seen it: where it stands at a key's own origin, it receives all ${control} bytes of it.`,
  ]
}

export const isAsExpected = ({ verdicts, keyBytes }: CorpusRun): boolean =>
  keyBytes === 0 && verdicts.every(({ wrong }) => wrong === null)
