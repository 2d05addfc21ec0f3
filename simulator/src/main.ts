#!/usr/bin/env node
import { CodedError, explain } from '@llmstatus/shared/errors'
import about from '../package.json' with { type: 'json' }
import { readCommand, usage } from './cli.ts'
import { providers } from './providers/table.ts'
import { createSimulator, type Simulator, type SimulatorOptions } from './simulator.ts'

const main = async (): Promise<void> => {
  const command = readCommand(
    process.argv.slice(2),
    providers.map(({ id }) => id),
  )
  if (command.run === 'help') return void process.stdout.write(usage)
  if (command.run === 'version') return void process.stdout.write(`${about.version}\n`)
  await serve(command.options)
}

const serve = async (options: SimulatorOptions): Promise<void> => {
  const simulator = await createSimulator(options)
  process.stdout.write(greeting(simulator))
  const stop = () => void simulator.close().then(() => process.exit(0))
  process.once('SIGINT', stop).once('SIGTERM', stop)
}

const greeting = ({ control, providers }: Simulator): string => {
  const rows = Object.entries(providers).map(
    ([id, { http, https }]) => `  ${id.padEnd(16)}${http.padEnd(26)}${https}\n`,
  )
  return `simulated providers\n${rows.join('')}control           ${control.origin}/_sim/providers\n`
}

try {
  await main()
} catch (error) {
  if (!(error instanceof CodedError)) throw error
  process.stderr.write(`${explain(error)}\n`)
  process.exit(error.exit)
}
