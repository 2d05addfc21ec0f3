import type { IncidentView } from '../admin/admin.ts'
import { readSettings } from '../config/settings.ts'
import type { Command } from './command.ts'
import { tableText } from './table.ts'
import { requireData, withAdmin } from './with-admin.ts'

const json = { json: { type: 'boolean' } } as const

const list: Command = {
  name: 'incidents list',
  usage: '[--json]',
  summary: 'The last fifty incidents, newest first',
  options: json,
  words: [0, 0],
  examples: ['llmstatus-aggregator incidents list'],
  run: async (shell, given) => {
    const settings = readSettings(shell.env, shell.files.read)
    requireData(shell, settings)
    const incidents = await withAdmin(shell, settings, admin => admin.incidents())
    shell.out(given.flag('json') ? `${JSON.stringify(incidents)}\n` : tableOf(incidents))
    return 0
  },
}

const mostWords = 1_000

const note: Command = {
  name: 'incidents note',
  usage: 'ID|PROVIDER TEXT… [--json]',
  summary: 'Add a note to the timeline of an incident, or of the open one of a provider',
  options: json,
  words: [2, mostWords],
  examples: ['llmstatus-aggregator incidents note openai "Their support confirms it: ticket 4711"'],
  run: async (shell, given) => {
    const settings = readSettings(shell.env, shell.files.read)
    requireData(shell, settings)
    const [incident = '', ...words] = given.words
    const noted = await withAdmin(shell, settings, admin => admin.noteIncident({ incident, text: words.join(' ') }))
    shell.out(given.flag('json') ? `${JSON.stringify(noted)}\n` : `noted in ${noted.incident}\n`)
    return 0
  },
}

export const incidentCommands: readonly Command[] = [list, note]

const columns: readonly { readonly title: string; readonly of: (incident: IncidentView) => string }[] = [
  { title: 'PROVIDER', of: one => one.provider },
  { title: 'IMPACT', of: one => one.impact },
  { title: 'NOW', of: one => one.impact_now ?? '–' },
  { title: 'REASON', of: one => one.reason },
  { title: 'OPENED', of: one => one.opened_at },
  { title: 'RESOLVED', of: one => one.resolved_at ?? 'open' },
  { title: 'ID', of: one => one.id },
]

const tableOf = (incidents: readonly IncidentView[]): string =>
  incidents.length === 0
    ? 'There was no incident yet.\n'
    : tableText([columns.map(column => column.title), ...incidents.map(one => columns.map(column => column.of(one)))])
