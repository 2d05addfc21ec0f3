import type { Clock } from '../probe.ts'

/**
 * How late this process was, while a probe ran: a short timer that says when it fired too late. Between its due time and
 * its firing the event loop was held, by work, garbage collection, or a machine that gave no time; a stamp taken in such
 * a stretch, or in the turn that follows it, may be late by as much as the stretch was long.
 *
 * It ticks only while somebody watches.
 */
export interface LoopMonitor {
  readonly watch: () => LoopWatch
}

export interface LoopWatch {
  readonly end: (stampsUs: readonly number[]) => LoopDelay
}

export interface LoopDelay {
  /** The longest stretch while it was watched. */
  readonly longestUs: number
  /** Together, the stretches that may have delayed one of the stamps. */
  readonly heldUs: number
}

interface Stretch {
  readonly fromUs: number
  readonly toUs: number
}

const tickMs = 5
/** Timers have a grain of a millisecond: what is shorter than this is not seen, and so counts as possible everywhere. */
export const unseenUs = 1_500
/** Sockets are read right after timers: what waited out a stretch is stamped just behind it. */
const behindUs = 3_000
const maxStretches = 4_096

export const createLoopMonitor = ({ monoUs }: Pick<Clock, 'monoUs'>): LoopMonitor => {
  const watched = new Set<{ readonly sinceUs: number }>()
  let stretches: Stretch[] = []
  let dueUs = 0
  let timer: NodeJS.Timeout | undefined

  const late = (nowUs: number): readonly Stretch[] => (nowUs - dueUs > unseenUs ? [{ fromUs: dueUs, toUs: nowUs }] : [])

  const tick = (): void => {
    const nowUs = monoUs()
    stretches.push(...late(nowUs))
    if (stretches.length > maxStretches) stretches = stretches.slice(-maxStretches / 2)
    schedule(nowUs)
  }

  const schedule = (nowUs: number): void => {
    dueUs = nowUs + tickMs * 1000
    timer = setTimeout(tick, tickMs)
    timer.unref()
  }

  const forget = (): void => {
    const oldestUs = Math.min(...[...watched].map(({ sinceUs }) => sinceUs))
    stretches = stretches.filter(({ toUs }) => toUs >= oldestUs)
    if (watched.size === 0) clearTimeout(timer)
  }

  return {
    watch() {
      const me = { sinceUs: monoUs() }
      if (watched.size === 0) schedule(me.sinceUs)
      watched.add(me)
      return {
        end(stampsUs) {
          const nowUs = monoUs()
          const mine = [...stretches, ...late(nowUs)].filter(({ toUs }) => toUs >= me.sinceUs)
          watched.delete(me)
          forget()
          return delayOf(mine, stampsUs)
        },
      }
    },
  }
}

const delayOf = (stretches: readonly Stretch[], stampsUs: readonly number[]): LoopDelay => {
  const lengths = stretches.map(({ fromUs, toUs }) => toUs - fromUs)
  const held = stretches.filter(({ fromUs, toUs }) => stampsUs.some(at => at >= fromUs && at <= toUs + behindUs))
  return {
    longestUs: Math.max(0, ...lengths),
    heldUs: held.reduce((sum, { fromUs, toUs }) => sum + (toUs - fromUs), 0),
  }
}
