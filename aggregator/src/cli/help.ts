import type { Command } from './command.ts'

const program = 'llmstatus-aggregator'

export const helpOf = (command: Command): string =>
  [
    `${command.summary}\n`,
    `Usage: ${program} ${[command.name, command.usage].filter(Boolean).join(' ')}\n`,
    'Examples:',
    ...command.examples.map(example => `  ${example}`),
    '',
  ].join('\n')

export const overview = (commands: readonly Command[]): string => {
  const width = Math.max(...commands.map(command => command.name.length))
  return [
    `Usage: ${program} COMMAND [OPTIONS]\n`,
    ...commands.map(command => `  ${command.name.padEnd(width)}  ${command.summary}`),
    '',
    'Settings come from the environment: docs/environment.md. Every command has --help with an example.',
    '',
    'Examples:',
    ...commands.slice(0, 5).flatMap(command => command.examples.slice(0, 1).map(example => `  ${example}`)),
    '',
  ].join('\n')
}
