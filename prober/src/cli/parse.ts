import { nearest, suggest } from '@llmstatus/shared/did-you-mean'
import { CodedError } from '@llmstatus/shared/errors'
import type { Command, Given } from './command.ts'

export type Parsed =
  | { readonly want: 'help'; readonly command: Command | null }
  | { readonly want: 'version' }
  | ({ readonly want: 'run'; readonly command: Command } & Read)

interface Read {
  readonly flags: ReadonlySet<string>
  readonly given: Given
}

export const parse = (args: readonly string[], commands: readonly Command[]): Parsed => {
  const [name] = args
  if (name === undefined || name === '--help' || name === '-h' || name === 'help')
    return { want: 'help', command: null }
  if (name === '--version' || name === '-v') return { want: 'version' }
  const command = commandOf(args, commands)
  const rest = args.slice(command.name.split(' ').length)
  if (rest.includes('--help') || rest.includes('-h')) return { want: 'help', command }
  if (rest.includes('--version')) return { want: 'version' }
  return { want: 'run', command, ...readRest(command, rest) }
}

const commandOf = (args: readonly string[], commands: readonly Command[]): Command => {
  const found = commands.find(({ name }) => name.split(' ').every((word, index) => args[index] === word))
  if (found !== undefined) return found
  const names = commands.map(({ name }) => name)
  const [first = '', second = ''] = args
  const below = names.filter(name => name.startsWith(`${first} `)).map(name => name.slice(first.length + 1))
  if (below.length > 0 && second === '')
    throw new CodedError('usage', `${first} is not a command by itself.`, { hint: `It has: ${below.join(', ')}` })
  if (below.length > 0) throw unknown('command', `${first} ${second}`, below, second)
  const meant = nearest(`${first} ${second}`, names)
  throw unknown(
    'command',
    first,
    meant === null ? [...new Set(names.flatMap(name => name.split(' ')[0] ?? []))] : [meant],
  )
}

const readRest = (command: Command, rest: readonly string[]): Read => {
  const flags = new Set<string>()
  const values: (readonly [flag: string, value: string])[] = []
  const words: string[] = []
  const left = [...rest]
  for (let arg = left.shift(); arg !== undefined; arg = left.shift()) {
    if (arg === '--') {
      words.push(...left.splice(0))
    } else if (arg === '-' || !arg.startsWith('-')) {
      words.push(arg)
    } else {
      const [name, inline] = halves(arg)
      const { takes } = flagOf(command, name)
      if (takes !== undefined) values.push([name, inline ?? left.shift() ?? lacking(name, takes)])
      else if (inline === null) flags.add(name)
      else throw new CodedError('usage', `--${name} takes no value.`)
    }
  }
  if (command.words === undefined && words[0] !== undefined) throw unknown('argument', words[0], known(command))
  return { flags, given: { words, values: flag => values.filter(([name]) => name === flag).map(([, value]) => value) } }
}

const halves = (arg: string): readonly [name: string, value: string | null] => {
  const at = arg.indexOf('=')
  return at < 0 ? [arg.replace(/^--/, ''), null] : [arg.slice(0, at).replace(/^--/, ''), arg.slice(at + 1)]
}

const flagOf = (command: Command, name: string) => {
  const flag = command.flags.find(each => each.name === name)
  if (flag === undefined) throw unknown('flag', name.startsWith('-') ? name : `--${name}`, known(command))
  return flag
}

const known = ({ flags }: Command): readonly string[] => [
  ...flags.map(({ name }) => `--${name}`),
  '--help',
  '--version',
]

const lacking = (name: string, takes: string): never => {
  throw new CodedError('usage', `--${name} wants a ${takes}.`)
}

const unknown = (what: string, word: string, names: readonly string[], typed = word): CodedError =>
  new CodedError('usage', `There is no ${what} ${word}.`, { hint: suggest(typed, names) })
