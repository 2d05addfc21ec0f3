import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock, Measure } from '../../prober/src/probe.ts'
import type { Door } from '../../prober/src/report/door.ts'
import type { Wait } from '../../prober/src/schedule/run-schedule.ts'
import type { Files } from '../../prober/src/spool/files.ts'

/**
 * Days in seconds, with real files and sockets: time goes from one waiter to the next, but stands still while a file or a
 * connection is being worked on, and while something was measured that is not on disk. Then it becomes the real one.
 */
export interface SimulatedTime {
  readonly clock: Clock
  readonly wait: Wait
  readonly files: (files: Files) => Files
  readonly door: (door: Door) => Door
  readonly measuring: (measure: Measure) => Measure
  readonly pass: (untilMs: number) => Promise<void>
  readonly becomeReal: () => void
}

interface Sleeper {
  readonly atMs: number
  readonly wake: () => void
}

export const simulatedTime = (startMs: number): SimulatedTime => {
  const sleepers = new Set<Sleeper>()
  const awaited = new Set<string>()
  let nowMs = startMs
  let real: { readonly sinceMs: number; readonly atMs: number } | null = null
  let working = 0
  let idle = Promise.withResolvers<void>()

  const during = async <T>(work: Promise<T>): Promise<T> => {
    working += 1
    try {
      return await work
    } finally {
      working -= 1
      if (working === 0) {
        idle.resolve()
        idle = Promise.withResolvers()
      }
    }
  }
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 2 || working > 0 || awaited.size > 0; turn++) {
      if (working > 0) await idle.promise
      await new Promise(resolve => setImmediate(resolve))
    }
  }
  const now = (): number => (real === null ? nowMs : real.atMs + performance.now() - real.sinceMs)

  const sleepReally = async (ms: number, signal?: AbortSignal): Promise<void> => {
    await sleep(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined)
  }
  return {
    clock: { nowMs: () => Math.floor(now()), monoUs: () => Math.floor((now() - startMs) * 1000) },
    wait: (ms, signal) =>
      real !== null
        ? sleepReally(ms, signal)
        : new Promise(resolve => {
            if (signal?.aborted) return resolve()
            const sleeper: Sleeper = {
              atMs: nowMs + Math.max(ms, 0),
              wake: () => {
                sleepers.delete(sleeper)
                signal?.removeEventListener('abort', sleeper.wake)
                resolve()
              },
            }
            sleepers.add(sleeper)
            signal?.addEventListener('abort', sleeper.wake, { once: true })
          }),
    files: files => ({
      list: () => during(files.list()),
      read: name => during(files.read(name)),
      overwrite: (name, bytes) => during(files.overwrite(name, bytes)),
      rename: (from, to) => during(files.rename(from, to)),
      remove: name => during(files.remove(name)),
      syncFolder: () => during(files.syncFolder()),
      create: async name => {
        const file = await during(files.create(name))
        return {
          append: async bytes => {
            await during(file.append(bytes))
            const text = awaited.size === 0 ? '' : Buffer.from(bytes).toString('latin1')
            for (const id of awaited) if (text.includes(id)) awaited.delete(id)
          },
          sync: () => during(file.sync()),
          close: () => during(file.close()),
        }
      },
    }),
    door: door => ({ call: request => during(door.call(request)), close: door.close }),
    measuring: measure => async (probe, slot, signal) => {
      const line = await measure(probe, slot, signal)
      awaited.add(line.id)
      return line
    },
    pass: async untilMs => {
      for (;;) {
        await settle()
        let next: Sleeper | null = null
        for (const each of sleepers) if (next === null || each.atMs < next.atMs) next = each
        if (next === null || next.atMs > untilMs) break
        nowMs = Math.max(nowMs, next.atMs)
        next.wake()
      }
      nowMs = untilMs
    },
    becomeReal: () => {
      real = { sinceMs: performance.now(), atMs: nowMs }
      for (const { atMs, wake } of sleepers) setTimeout(wake, Math.max(0, atMs - nowMs))
    },
  }
}
