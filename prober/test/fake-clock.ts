import type { Clock } from '../src/probe.ts'
import type { Wait } from '../src/schedule/run-schedule.ts'

export interface FakeClock {
  readonly clock: Clock
  readonly wait: Wait
  /** Lets time pass: each sleeper wakes at its time, and what it starts has run before the next one wakes. */
  readonly pass: (ms: number) => Promise<void>
  /** The wall clock is set: time did not pass. */
  readonly set: (ms: number) => void
  /** The loops have come to their end. */
  readonly nobodySleeps: () => void
}

interface Sleeper {
  readonly atUs: number
  readonly wake: () => void
}

const patienceMs = 1000

/**
 * `sleepers` is how many loops always come back to sleep: time stands still until they do, however long what they do in
 * between really takes (keys and gzip work on other threads).
 */
export const createFakeClock = (startMs: number, { sleepers: loops = 0 } = {}): FakeClock => {
  let atLeast = loops
  const sleepers = new Set<Sleeper>()
  let wallMs = startMs
  let monoUs = 0
  const settle = async () => {
    const endMs = performance.now() + patienceMs
    for (let turn = 0; turn < 3 || (sleepers.size < atLeast && performance.now() < endMs); turn++)
      await new Promise(resolve => setImmediate(resolve))
  }
  const advanceTo = (us: number) => {
    wallMs += (us - monoUs) / 1000
    monoUs = us
  }
  return {
    clock: { nowMs: () => wallMs, monoUs: () => monoUs },
    wait: (ms, signal) =>
      new Promise(resolve => {
        if (signal?.aborted) return resolve()
        const sleeper: Sleeper = {
          atUs: monoUs + ms * 1000,
          wake: () => {
            sleepers.delete(sleeper)
            resolve()
          },
        }
        sleepers.add(sleeper)
        signal?.addEventListener('abort', sleeper.wake, { once: true })
      }),
    pass: async ms => {
      const endUs = monoUs + ms * 1000
      await settle()
      for (;;) {
        const next = [...sleepers].filter(({ atUs }) => atUs <= endUs).sort((a, b) => a.atUs - b.atUs)[0]
        if (next === undefined) break
        advanceTo(Math.max(next.atUs, monoUs))
        next.wake()
        await settle()
      }
      advanceTo(endUs)
      await settle()
    },
    set: ms => {
      wallMs = ms
    },
    nobodySleeps: () => {
      atLeast = 0
    },
  }
}
