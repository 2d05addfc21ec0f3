import type { Admin, KeysView } from '../admin/admin.ts'
import { readSettings } from '../config/settings.ts'
import type { Command } from './command.ts'
import { requireData, withAdmin } from './with-admin.ts'

const about = (name: string, summary: string, ask: (admin: Admin) => Promise<KeysView>): Command => ({
  name,
  usage: '[--json]',
  summary,
  options: { json: { type: 'boolean' } },
  words: [0, 0],
  examples: [`llmstatus-aggregator ${name}`],
  run: async (shell, given) => {
    const settings = readSettings(shell.env, shell.files.read)
    requireData(shell, settings)
    const keys = await withAdmin(shell, settings, ask)
    shell.out(given.flag('json') ? `${JSON.stringify(keys)}\n` : textOf(keys))
    return 0
  },
})

export const keyCommands: readonly Command[] = [
  about('key show', "This aggregator's keys: in force, former and next", admin => admin.keys()),
  about('key rotate', 'Bring the next key into force; probers hear of it in their receipts', admin =>
    admin.rotateKey(),
  ),
]

const textOf = ({ file, in_force, former, next }: KeysView): string => {
  const lines = [
    `in force  ${in_force.kid}  since ${in_force.since}`,
    `          ${in_force.thumbprint}`,
    ...former.map(
      one => `former    ${one.kid}  taken until ${one.until}${one.held ? '' : ', not in the file any more'}`,
    ),
    ...next.map(kid => `next      ${kid}  in the file, not in force yet`),
    `file      ${file}`,
  ]
  return `${lines.join('\n')}\n`
}
