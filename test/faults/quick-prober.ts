import { setTimeout as sleep } from 'node:timers/promises'
import { createProber } from '../../prober/src/prober.ts'
import { chanceOf } from './chance-of.ts'
import { noting } from './journal.ts'
import { type QuickDeps, quickDeps } from './quick-deps.ts'
import { quickLine } from './quick-line.ts'
import { clockOf, type Pace, waitOf } from './quick-probes.ts'

/** The program as a process, to be killed, copied and cut off. It is told everything as one JSON object. */
export interface QuickProber
  extends Pick<QuickDeps, 'name' | 'dataDir' | 'token' | 'url' | 'everyMs' | 'spoolMaxBytes'> {
  readonly pace: Pace
  /** One measurement in so many outlasts its interval. */
  readonly slowOneIn: number | null
  /** Where each line is noted that its spool is given (journal.ts). */
  readonly journal: string | null
}

const asked: QuickProber = JSON.parse(process.argv[2] ?? '')
const clock = clockOf(asked.pace)
const wait = waitOf(asked.pace, (ms, signal) =>
  sleep(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined),
)

const deps = quickDeps({
  ...asked,
  clock,
  wait,
  write: text => void process.stdout.write(text),
  measure: async (probe, slot, signal) => {
    const chance = chanceOf(`${probe.model} ${slot.slotMs}`)
    const isSlow = asked.slowOneIn !== null && chance.oneIn(asked.slowOneIn)
    await wait(chance.below(probe.everyMs / 5) + (isSlow ? 2 * probe.everyMs : 0), signal)
    return quickLine(chance, { probe, slot, nowMs: clock.nowMs() })
  },
})
const { journal } = asked
const prober = await createProber(
  journal === null ? deps : { ...deps, openFiles: folder => noting(deps.openFiles(folder), journal) },
)
process.once('SIGTERM', () => void prober.stop())
process.stdout.write(`begun at http://127.0.0.1:${prober.healthPort}/\n`)
