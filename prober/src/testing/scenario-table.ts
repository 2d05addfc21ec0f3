import { readFileSync } from 'node:fs'
import type { ScenarioInput } from '../../../simulator/src/simulator.ts'
import type { Ask } from './ask-everything.ts'

/**
 * A table of testdata/ as data. A row says what is done, to which asks, and what their lines must say; of the rows that
 * fit an ask the last one holds, so that the first of a scenario is the rule, and what follows are its exceptions.
 */
export interface Row {
  /** `stall {"after_tokens":0}`: what the simulator is told. */
  readonly does: string
  readonly words: readonly string[]
  readonly says: string
}

const columns = ['does', 'asks', 'outcome', 'operation', 'errno', 'signal', 'status', 'blame'] as const

export const readTable = (name: string): readonly Row[] =>
  readFileSync(new URL(`../testdata/${name}`, import.meta.url), 'utf8')
    .split('\n')
    .filter(line => line.startsWith('| `'))
    .map(line => {
      const cells = line.split('|').slice(1, -1)
      if (cells.length !== columns.length) throw new Error(`a row has ${columns.join(', ')}: ${line}`)
      const [does = '', asks = '', ...says] = cells.map(cell => cell.trim().replaceAll('`', ''))
      return { does, words: asks === 'all' ? [] : asks.split(' '), says: says.join(' ') }
    })

export const scenarioOf = (does: string, provider: string): ScenarioInput => {
  const [, name, args] = /^(\w+)(?: (\{.*\}))?$/.exec(does) ?? []
  return { provider, do: name, ...(args === undefined ? {} : { args: JSON.parse(args) }) } as ScenarioInput
}

/** Of one scenario's rows. */
export const rowFor = (rows: readonly Row[], ask: Ask): Row | undefined => {
  const words = ask.words.split(' ')
  return rows.findLast(row => row.words.every(word => words.includes(word)))
}

export const expectedOf = (rows: readonly Row[], asks: readonly Ask[]): readonly string[] =>
  asks.map(ask => `${ask.words}: ${rowFor(rows, ask)?.says ?? 'stands in no row'}`)

/** Rows that hold for none of these. */
export const idleRows = (rows: readonly Row[], asks: readonly Ask[]): readonly Row[] => {
  const used = new Set(
    rows.flatMap(({ does }) =>
      asks.map(ask =>
        rowFor(
          rows.filter(row => row.does === does),
          ask,
        ),
      ),
    ),
  )
  return rows.filter(row => !used.has(row))
}
