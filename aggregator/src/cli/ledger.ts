import type { LedgerReport } from '../admin/admin.ts'
import { readSettings } from '../config/settings.ts'
import type { Command } from './command.ts'
import { requireData, withAdmin } from './with-admin.ts'

export const ledgerVerify: Command = {
  name: 'ledger verify',
  usage: '[PROBER] [--json]',
  summary: 'Check every signature, digest, link and receipt again: exit 0 intact, 1 broken, 2 unreadable',
  options: { json: { type: 'boolean' } },
  words: [0, 1],
  examples: ['llmstatus-aggregator ledger verify', 'llmstatus-aggregator ledger verify frankfurt-1'],
  run: async (shell, given) => {
    const settings = readSettings(shell.env, shell.files.read)
    requireData(shell, settings)
    const reports = await withAdmin(shell, settings, admin => admin.verifyLedger(given.words[0] ?? null))
    for (const report of reports) shell.out(`${given.flag('json') ? JSON.stringify(report) : sentenceOf(report)}\n`)
    if (reports.length === 0) shell.err('There is no prober yet.\n')
    return reports.some(report => report.broken !== null) ? 1 : 0
  },
}

export const sentenceOf = ({ name, records, lines, broken, from, to }: LedgerReport): string => {
  if (broken !== null) return `${name}: broken at ${broken.seq}: ${broken.why} (${records} records before it hold)`
  if (to === null) return `${name}: nothing was sent yet`
  return `${name}: intact, ${from} to ${to}: ${records} records, ${lines} lines`
}
