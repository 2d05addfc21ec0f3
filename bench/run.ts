import { readdir, readFile } from 'node:fs/promises'
import { CodedError } from '@llmstatus/shared/errors'
import type { Bench } from './bench.ts'

export interface BenchCommand {
  readonly names: readonly string[]
  readonly json: boolean
  readonly options: Readonly<Record<string, string | true>>
}

/** `NAME… [--json] [--option VALUE]…`. Which options there are is for the benches to say. */
export const readCommand = (args: readonly string[]): BenchCommand => {
  const names: string[] = []
  const options: Record<string, string | true> = {}
  const rest = args.filter(arg => arg !== '--' && arg !== '--json')
  for (let at = 0; at < rest.length; at++) {
    const arg = rest[at] ?? ''
    if (!arg.startsWith('--')) names.push(arg)
    else if (rest[at + 1]?.startsWith('--') === false) options[arg] = rest[++at] ?? true
    else options[arg] = true
  }
  return { names, json: args.includes('--json'), options }
}

/** Every file here that exports a bench. The others are what benches are made of. */
export const benchNames = async (folder: URL): Promise<string[]> => {
  const files = (await readdir(folder)).filter(file => /^[a-z0-9-]+\.ts$/.test(file)).sort()
  const texts = await Promise.all(files.map(file => readFile(new URL(file, folder), 'utf8')))
  return files.filter((_, at) => /^export const bench\b/m.test(texts[at] ?? '')).map(file => file.slice(0, -3))
}

export const loadBench = async (folder: URL, name: string): Promise<Bench> => {
  const module: { bench: Bench } = await import(new URL(`${name}.ts`, folder).href)
  return module.bench
}

export const refuseUnknown = (names: readonly string[], known: readonly string[]): void => {
  const unknown = names.find(name => !known.includes(name))
  if (unknown !== undefined)
    throw new CodedError('usage', `There is no bench "${unknown}"; there are: ${known.join(', ')}.`)
}

export const refuseOptions = (command: BenchCommand, benches: readonly Bench[]): void => {
  const taken = benches.flatMap(bench => bench.options ?? [])
  const unknown = Object.keys(command.options).find(option => !taken.includes(option))
  if (unknown !== undefined)
    throw new CodedError(
      'usage',
      `None of these benches takes ${unknown}; they take: ${['--json', ...taken].join(', ')}.`,
    )
}
