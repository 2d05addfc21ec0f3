import { CodedError } from '@llmstatus/shared/errors'
import type { DefinitionName, DefinitionsView } from '../admin/admin.ts'
import { errnoOf } from '../config/files.ts'
import { readSettings } from '../config/settings.ts'
import type { Command } from './command.ts'
import type { Shell } from './shell.ts'
import { tableText } from './table.ts'
import { requireData, withAdmin } from './with-admin.ts'

const json = { json: { type: 'boolean' } } as const

const add: Command = {
  name: 'definitions add',
  usage: 'FILE [--json]',
  summary: 'Offer a probe definition to all probers, or the new text of one',
  options: json,
  words: [1, 1],
  examples: ['llmstatus-aggregator definitions add refusal-policy.yaml'],
  run: async (shell, given) => {
    const settings = readSettings(shell.env, shell.files.read)
    const [file = ''] = given.words
    const text = readText(shell, file)
    const added = await withAdmin(shell, settings, admin => admin.addDefinition({ text, file }))
    const what = { new: 'is offered', replaced: 'is offered in its new form', same: 'is offered already' }[added.is]
    shell.out(given.flag('json') ? `${JSON.stringify(added)}\n` : `${named(added)} ${what}\n`)
    return 0
  },
}

const list: Command = {
  name: 'definitions list',
  usage: '[--json]',
  summary: 'What probers are offered',
  options: json,
  words: [0, 0],
  examples: ['llmstatus-aggregator definitions list'],
  run: async (shell, given) => {
    const settings = readSettings(shell.env, shell.files.read)
    requireData(shell, settings)
    const view = await withAdmin(shell, settings, admin => admin.definitions())
    shell.out(given.flag('json') ? `${JSON.stringify(view)}\n` : textOf(view))
    return 0
  },
}

const remove: Command = {
  name: 'definitions remove',
  usage: 'NAME [--provider ID] [--model MODEL] [--json]',
  summary: 'Offer a definition no longer; probers stop running it',
  options: { ...json, provider: { type: 'string' }, model: { type: 'string' } },
  words: [1, 1],
  examples: ['llmstatus-aggregator definitions remove refusal-policy --provider anthropic'],
  run: async (shell, given) => {
    const settings = readSettings(shell.env, shell.files.read)
    requireData(shell, settings)
    const wish = { name: given.words[0] ?? '', provider: given.text('provider'), model: given.text('model') }
    const removed = await withAdmin(shell, settings, admin => admin.removeDefinition(wish))
    shell.out(given.flag('json') ? `${JSON.stringify(removed)}\n` : `${named(removed)} is offered no longer\n`)
    return 0
  },
}

export const definitionCommands: readonly Command[] = [add, list, remove]

const readText = ({ files }: Shell, file: string): string => {
  try {
    return files.read(file)
  } catch (cause) {
    throw new CodedError('usage', `definitions add: ${file} cannot be read (${errnoOf(cause)}).`, { cause })
  }
}

const named = ({ provider, model, name }: DefinitionName): string =>
  [provider, model, name].filter(part => part !== null).join(' ')

const textOf = ({ set, definitions }: DefinitionsView): string => {
  if (set === null || definitions.length === 0)
    return 'Probers are offered no definition. Add one with `definitions add FILE`.\n'
  const rows = definitions.map(each => [each.provider, each.model ?? '', each.name, each.added_at])
  const heads = ['PROVIDER', 'MODEL', 'NAME', 'ADDED']
  return `${tableText([heads, ...rows])}version ${set.version}, signed until ${set.expires_at}\n`
}
