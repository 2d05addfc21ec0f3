import { CodedError, explain } from '@llmstatus/shared/errors'
import { type BenchRecord, recordOf } from './bench.ts'
import { benchNames, loadBench, readCommand, refuseOptions, refuseUnknown } from './run.ts'
import { table } from './table.ts'

const folder = new URL('./', import.meta.url)

const main = async (args: readonly string[]): Promise<void> => {
  const command = readCommand(args)
  const known = await benchNames(folder)
  refuseUnknown(command.names, known)
  if (command.names.length === 0) return list(known)
  const benches = await Promise.all(command.names.map(name => loadBench(folder, name)))
  refuseOptions(command, benches)
  const records: BenchRecord[] = []
  for (const [at, name] of command.names.entries()) {
    const note = (text: string) => process.stderr.write(`${name}: ${text}\n`)
    const measured = (await benches[at]?.run({ options: command.options, note })) ?? []
    const fresh = measured.map(measurement => recordOf(name, measurement))
    if (command.json) for (const record of fresh) process.stdout.write(`${JSON.stringify(record)}\n`)
    records.push(...fresh)
  }
  if (!command.json) process.stdout.write(`${table(records)}\n`)
}

const list = async (known: readonly string[]): Promise<void> => {
  process.stdout.write('bench NAME… [--json]\n\n')
  for (const name of known) process.stdout.write(`  ${name.padEnd(12)}${(await loadBench(folder, name)).about}\n`)
}

try {
  await main(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof CodedError)) throw error
  process.stderr.write(`${explain(error)}\n`)
  process.exitCode = error.exit
}
