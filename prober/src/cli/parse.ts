import { suggest } from '@llmstatus/shared/did-you-mean'
import { CodedError } from '@llmstatus/shared/errors'
import type { Command } from './command.ts'

export type Parsed =
  | { readonly want: 'help'; readonly command: Command | null }
  | { readonly want: 'version' }
  | { readonly want: 'run'; readonly command: Command; readonly flags: ReadonlySet<string> }

/** Commands have flags and nothing else, so this is all there is to read. */
export const parse = (args: readonly string[], commands: readonly Command[]): Parsed => {
  const [name, ...rest] = args
  if (name === undefined || name === '--help' || name === '-h' || name === 'help')
    return { want: 'help', command: null }
  if (name === '--version' || name === '-v') return { want: 'version' }
  const command = commands.find(each => each.name === name)
  if (command === undefined)
    throw unknown(
      'command',
      name,
      commands.map(each => each.name),
    )
  if (rest.includes('--help') || rest.includes('-h')) return { want: 'help', command }
  if (rest.includes('--version')) return { want: 'version' }
  for (const flag of rest) checkFlag(command, flag)
  return { want: 'run', command, flags: new Set(rest.map(flag => flag.slice(2))) }
}

const checkFlag = (command: Command, flag: string): void => {
  const known = [...command.flags.map(each => `--${each.name}`), '--help', '--version']
  if (!known.includes(flag)) throw unknown(flag.startsWith('-') ? 'flag' : 'argument', flag, known)
}

const unknown = (what: string, word: string, known: readonly string[]): CodedError =>
  new CodedError('usage', `There is no ${what} ${word}.`, { hint: suggest(word, known) })
