import type { ProberView } from '../admin/admin.ts'
import { type MoveName, moveNames } from '../admin/prober-states.ts'
import { readSettings } from '../config/settings.ts'
import type { Command } from './command.ts'
import { tableText } from './table.ts'
import { requireData, withAdmin } from './with-admin.ts'

export const probersList: Command = {
  name: 'probers list',
  usage: '[--json]',
  summary: 'Every prober: its state, how far it is, what of it was rejected, its thumbprint',
  options: { json: { type: 'boolean' } },
  words: [0, 0],
  examples: ['llmstatus-aggregator probers list'],
  run: async (shell, given) => {
    const settings = readSettings(shell.env, shell.files.read)
    requireData(shell, settings)
    const probers = await withAdmin(shell, settings, admin => admin.probers())
    shell.out(given.flag('json') ? `${JSON.stringify(probers)}\n` : tableOf(probers))
    return 0
  },
}

const summaries: Readonly<Record<MoveName, string>> = {
  approve: 'Let a prober report, once its thumbprint was compared',
  revoke: 'Take nothing more from a prober; what it sent stays',
  release: 'Lift a quarantine',
}

export const proberMoves: readonly Command[] = moveNames.map(move => ({
  name: `probers ${move}`,
  usage: 'PROBER [--json]',
  summary: summaries[move],
  options: { json: { type: 'boolean' } },
  words: [1, 1],
  examples: [`llmstatus-aggregator probers ${move} frankfurt-1`],
  run: async (shell, given) => {
    const settings = readSettings(shell.env, shell.files.read)
    requireData(shell, settings)
    const prober = await withAdmin(shell, settings, admin => admin.move(given.words[0] ?? '', move))
    shell.out(
      given.flag('json') ? `${JSON.stringify(prober)}\n` : `${prober.name} is ${prober.state}  ${prober.thumbprint}\n`,
    )
    return 0
  },
}))

const columns: readonly { readonly title: string; readonly of: (prober: ProberView) => string }[] = [
  { title: 'NAME', of: prober => prober.name },
  { title: 'STATE', of: prober => prober.state },
  { title: 'SEQ', of: prober => String(prober.seq) },
  { title: 'LAST BATCH', of: prober => prober.last_batch_at ?? 'never' },
  { title: 'CLOCK', of: ({ clock_offset_ms: ms }) => (ms === null ? '' : `${ms > 0 ? '+' : ''}${ms} ms`) },
  { title: 'REJECTED', of: ({ rejected }) => String(Object.values(rejected).reduce((sum, n) => sum + n, 0)) },
  { title: 'DISAGREED', of: prober => String(prober.disagreed) },
  { title: 'VERSION', of: prober => prober.version },
  { title: 'THUMBPRINT', of: prober => prober.thumbprint },
  { title: 'ID', of: prober => prober.id },
]

export const tableOf = (probers: readonly ProberView[]): string => {
  if (probers.length === 0) return 'There is no prober yet. Make a token with `enrol-token create`.\n'
  return tableText([
    columns.map(column => column.title),
    ...probers.map(prober => columns.map(column => column.of(prober))),
  ])
}
