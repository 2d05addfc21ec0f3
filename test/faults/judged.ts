import { join } from 'node:path'
import { expect } from 'vitest'
import { type Account, accountOf, type Stretch } from './account.ts'
import type { AggregatorProgram } from './aggregator-program.ts'
import { proberCommand } from './prober-program.ts'
import { endpointsOf, type Intervals } from './quick-probes.ts'
import { readStored, type Stored } from './stored.ts'

/** A prober whose story is over, and what has to hold of it beside what holds of all. */
export interface Story {
  readonly name: string
  readonly everyMs: Intervals
  /** With its identity; what is exported is verified with the keys in it. */
  readonly dataDir: string
  readonly expect: (account: Account, stored: Stored) => void
}

/**
 * Stops an aggregator and reads all that it has. Of everybody: the ledger is intact, to itself and to the prober; each line of
 * it is a row and each row a line; the buckets add up.
 */
export const judge = async (aggregator: AggregatorProgram, stories: readonly Story[]): Promise<void> => {
  const files = await Promise.all(stories.map(({ name }) => exported(aggregator, name)))
  const verified = await aggregator.command('ledger', 'verify')
  expect(verified, verified.said).toMatchObject({ exit: 0 })
  await aggregator.stop()
  const all = await readStored(aggregator.dataDir)
  for (const [index, { name, everyMs, dataDir, expect: holds }] of stories.entries()) {
    const stored = all.find(each => each.name === name)
    if (stored === undefined) throw new Error(`${name} is not known here`)
    const account = accountOf(stored, endpointsOf(everyMs))
    console.info(
      `${name}: ${account.results} results, skipped ${JSON.stringify(account.skipped)}, ${stored.gaps.length} gaps`,
    )
    expect(account.wrong, name).toEqual([])
    expect(account.results, name).toBeGreaterThan(0)
    holds(account, stored)
    const read = await proberCommand(dataDir, 'verify', files[index] ?? '')
    expect(read, `${name}: ${read.said}`).toMatchObject({ exit: 0 })
  }
}

const exported = async (aggregator: AggregatorProgram, name: string): Promise<string> => {
  const file = join(aggregator.folder, `${name}.ndjson`)
  const done = await aggregator.command('ledger', 'export', '--prober', name, '--out', file)
  expect(done, done.said).toMatchObject({ exit: 0 })
  return file
}

/** Every slot of every endpoint, from its first to its last, is there once; no line came twice. */
export const isWhole = ({ holes, twice }: Account): void => {
  expect(holes).toEqual([])
  expect(twice).toEqual([])
}

/** Something is said twice of no slot outside of this time. */
export const isTwiceOnly = ({ twice }: Account, { fromMs, toMs }: Pick<Stretch, 'fromMs' | 'toMs'>): void => {
  expect(twice.filter(stretch => stretch.fromMs < fromMs || stretch.toMs > toMs)).toEqual([])
}
