import type { ExportReport } from '@llmstatus/shared/ledger-report'

/** What a person reads: the verdict first, then what it is about. */
export const ledgerText = (report: ExportReport, acknowledged: number | null): string =>
  [verdict(report), ...facts(report), ...report.gaps.map(gapLine), ...shortfall(report, acknowledged)]
    .map(line => `${line}\n`)
    .join('')

const verdict = ({ broken, records, from, to }: ExportReport): string => {
  if (broken === null) return `intact, ${from} to ${to}: ${counted(records, 'record')}`
  const before = records === 0 ? 'nothing before it holds either' : `${from} to ${to} before it hold`
  return `broken at ${broken.seq}: ${broken.why}; ${before}`
}

const facts = (report: ExportReport): readonly string[] => {
  if (report.records === 0) return []
  const { results, skips, definitions, oldest, newest, rotations, receipts } = report
  return [
    `  prober      ${report.prober}`,
    `  aggregator  ${report.aggregator}`,
    `  holds       ${counted(results, 'result')}, ${counted(skips, 'skip')}, ${counted(definitions, 'definition')}`,
    ...(oldest === null ? [] : [`  measured    ${oldest} to ${newest}`]),
    `  receipts    ${receipts === 'checked' ? 'one for each, by the aggregator' : 'not looked at: no --aggregator-key'}`,
    ...(rotations === 0 ? [] : [`  keys        followed by another ${counted(rotations, 'time')}`]),
    ...(report.from === 1 ? [] : [`  begins      at ${report.from}: what came before is not in it`]),
    `  gaps        ${report.gaps.length === 0 ? 'none' : `${report.gaps.length}, each with its signed reason`}`,
  ]
}

const gapLine = ({ from_seq, to_seq, lost, reason, from, to }: ExportReport['gaps'][number]): string => {
  const numbers =
    to_seq < from_seq ? `before ${from_seq}` : from_seq === to_seq ? `${from_seq}` : `${from_seq} to ${to_seq}`
  const span = from === null ? '' : `, ${from} to ${to}`
  return `    ${numbers}: ${reason}, ${counted(lost, 'result')} lost${span}`
}

/** An export that ends early is intact as far as it goes; only its prober knows that there was more. */
const shortfall = ({ to, broken }: ExportReport, acknowledged: number | null): readonly string[] =>
  broken !== null || acknowledged === null || to === null || acknowledged <= to
    ? []
    : [`This prober has receipts up to ${acknowledged}; what is behind ${to} is not in this file.`]

const counted = (count: number, what: string): string =>
  `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`
