import type { Command, Flag } from './command.ts'

const program = 'llmstatus-prober'

export const overview = (commands: readonly Command[]): string =>
  [
    `${program}: measures LLM providers from here, with your keys, and reports to your aggregator.`,
    '',
    `Usage: ${program} <command> [--help]`,
    '',
    ...table(commands),
    '',
    'Settings come from the environment; `check` shows what was understood.',
    '',
    `Example: ${commands[0]?.example ?? program}`,
    '',
  ].join('\n')

export const helpOf = (command: Command): string =>
  [
    `${program} ${command.name}: ${command.summary}`,
    '',
    ...command.about.flatMap(paragraph => [paragraph, '']),
    `Usage: ${[program, command.name, ...command.flags.map(flag => `[${written(flag)}]`), command.words ?? ''].join(' ').trim()}`,
    ...(command.flags.length === 0
      ? []
      : ['', ...table(command.flags.map(flag => ({ ...flag, name: written(flag) })))]),
    '',
    `Example: ${command.example}`,
    '',
  ].join('\n')

const written = ({ name, takes }: Flag): string => (takes === undefined ? `--${name}` : `--${name} ${takes}`)

const table = (rows: readonly { readonly name: string; readonly summary: string }[]): readonly string[] => {
  const width = Math.max(...rows.map(({ name }) => name.length))
  return rows.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`)
}
