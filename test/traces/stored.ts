import { kinds } from './kinds.ts'
import { makeWorld } from './make-world.ts'
import { sampleWorld } from './sample-world.ts'
import type { Profile, Trace } from './trace.ts'
import { textOf } from './trace-text.ts'

/** The traces that are kept as files: each kind once as one vantage sees it, and those that are about several of them. */
interface Stored {
  readonly path: string
  readonly make: () => string
}

const seed = 1001
const ofSeveral = ['one_vantage', 'vantage_offline', 'out_of_order', 'clock_step'] as const

export const makeTrace = (kind: string, profile: Profile, seed: number): Trace =>
  sampleWorld(makeWorld(kind, profile, seed))

const stored = (kind: string, profile: Profile): Stored => ({
  path: `test/traces/files/${kind}.${profile}.txt`,
  make: () => textOf(makeTrace(kind, profile, seed)),
})

export const storedTraces: readonly Stored[] = [
  ...Object.keys(kinds).map(kind => stored(kind, 'sparse')),
  ...ofSeveral.map(kind => stored(kind, 'dense')),
]
