import { parseArgs } from 'node:util'
import { nearest } from '@llmstatus/shared/did-you-mean'
import { CodedError, explain } from '@llmstatus/shared/errors'
import type { Command, Given } from './command.ts'
import { helpOf, overview } from './help.ts'
import type { Shell } from './shell.ts'

/** The command line → an exit code. What the operator can mend is one clear line; anything else is a bug and crashes. */
export const run = async (args: readonly string[], shell: Shell, commands: readonly Command[]): Promise<number> => {
  try {
    return await dispatch(args, shell, commands)
  } catch (error) {
    if (!(error instanceof CodedError)) throw error
    shell.err(`${explain(error)}\n`)
    return error.exit
  }
}

const dispatch: typeof run = async (args, shell, commands) => {
  const [first] = args
  if (first === undefined) {
    shell.err(overview(commands))
    return 2
  }
  if (first === '--help' || first === '-h' || first === 'help') {
    shell.out(overview(commands))
    return 0
  }
  if (first === '--version') {
    shell.out(`${shell.version}\n`)
    return 0
  }
  const command = findCommand(args, commands)
  const rest = args.slice(command.name.split(' ').length)
  if (rest.includes('--help') || rest.includes('-h')) {
    shell.out(helpOf(command))
    return 0
  }
  return command.run(shell, readGiven(command, rest))
}

const findCommand = (args: readonly string[], commands: readonly Command[]): Command => {
  const found = commands.find(({ name }) => {
    const words = name.split(' ')
    return words.every((word, index) => args[index] === word)
  })
  if (found !== undefined) return found
  throw new CodedError('usage', `There is no command ${wordsOf(args)}.`, {
    hint: suggest(
      args,
      commands.map(command => command.name),
    ),
  })
}

/** Two words at most, and no option: what somebody may have meant as a command. */
const wordsOf = (args: readonly string[]): string =>
  args
    .slice(0, 2)
    .filter(word => !word.startsWith('-'))
    .join(' ') ||
  (args[0] ?? '')

const suggest = (args: readonly string[], names: readonly string[]): string => {
  const [first = ''] = args
  const below = names.filter(name => name.startsWith(`${first} `))
  const meant = nearest(wordsOf(args), below.length > 0 ? below : names)
  if (meant !== null) return `Did you mean ${meant}?`
  if (below.length > 0) return `${first} has: ${below.map(name => name.slice(first.length + 1)).join(', ')}`
  const firstWords = [...new Set(names.map(name => name.split(' ')[0] ?? ''))]
  const word = nearest(first, firstWords)
  return word === null ? 'See --help.' : `Did you mean ${names.find(name => name.startsWith(word))}?`
}

const readGiven = (command: Command, rest: readonly string[]): Given => {
  const { values, positionals } = parsed(command, rest)
  const [least, most] = command.words
  if (positionals.length < least || positionals.length > most)
    throw new CodedError('usage', `${command.name} takes ${command.usage}.`, { hint: `See ${command.name} --help.` })
  return {
    words: positionals,
    flag: option => values[option] === true,
    text: option => {
      const value = values[option]
      return typeof value === 'string' ? value : null
    },
  }
}

const parsed = (command: Command, rest: readonly string[]) => {
  try {
    return parseArgs({ args: [...rest], options: command.options, allowPositionals: true, strict: true })
  } catch (cause) {
    throw new CodedError(
      'usage',
      `${command.name}: ${cause instanceof Error ? sentence(cause.message) : 'unknown option'}`,
      {
        hint: `See ${command.name} --help.`,
        cause,
      },
    )
  }
}

/** Node adds advice about `--` that helps nobody here. */
const sentence = (message: string): string => message.split(/\. |\n/)[0] ?? message
