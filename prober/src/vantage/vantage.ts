import type { Skip } from '@llmstatus/shared/outcome'
import type { ResultLine } from '@llmstatus/shared/result'
import type { Measure, Probe, Slot } from '../probe.ts'
import { type AskerDeps, createAsker, leastBetweenMs } from './asker.ts'
import { type Control, standingEveryMs, wayOf } from './control.ts'
import { answeredUs, failedAtNetwork, withControlsFailed } from './line.ts'
import { createMemory, type FailedAttempt, type MemoryDeps } from './memory.ts'
import { type Moment, momentOf } from './moment.ts'

/**
 * Knows whether this vantage is offline, from what the probes see anyway and from controls that are asked where that is
 * not enough. evidence.ts decides, memory.ts keeps what it decides from; here is who is asked, when, and how long anybody
 * waits.
 *
 * Invariants
 * - A result that failed at network level waits for its verdict, at most 25 s; its stamps were taken long before.
 * - Few are asked first, and more only where all of these are silent. One answer ends it.
 * - While offline two controls are asked every twelve seconds, and what costs nothing is measured on: the end is seen soon.
 * - The program's own reference is no origin, and asking a control never asks another one.
 */
export interface Vantage {
  /** Measures, and says so where it was this vantage that failed. */
  readonly measure: Measure
  /** Nothing is paid for while nothing can come of it. */
  readonly admit: (probe: Probe) => Skip | null
  readonly standing: () => 'online' | 'offline' | 'unknown'
  /** Other settings are in force. */
  readonly replace: (controls: readonly Control[]) => void
  readonly stop: () => Promise<void>
}

export interface VantageDeps
  extends Pick<AskerDeps, 'clock' | 'wait' | 'newId' | 'say'>,
    Omit<MemoryDeps, 'onOffline'> {
  /** The measuring path as it is, for probes and controls alike. */
  readonly measure: Measure
}

const verdictWithinMs = 25_000
const recheckEveryMs = 12_000
const recheckedAtOnce = 2
/** So many at first; three times as many after each silence. */
const firstWave = 3
const largestWave = 16

export const createVantage = (deps: VantageDeps): Vantage => {
  const { clock, sides } = deps
  const stopping = new AbortController()
  let nap = new AbortController()
  const memory = createMemory({ ...deps, onOffline: () => nap.abort() })
  const monoMs = (): number => clock.monoUs() / 1000

  const hear = (probe: Probe, line: ResultLine, startedMs: number): void => {
    const answered = answerOf(probe, line, startedMs)
    if (answered !== null) memory.answered(probe, answered)
    else if (failedAtNetwork(line)) memory.failed(probe, momentOf(clock))
  }
  const asker = createAsker({ ...deps, signal: stopping.signal, hear: ({ probe }, ...heard) => hear(probe, ...heard) })

  const askAll = (controls: readonly Control[], why: Slot['why']): Promise<unknown> =>
    Promise.all(controls.map(control => asker.ask(control, why)))

  /** Who was not asked just now comes first, and of these who answered last. */
  const inOrder = (controls: readonly Control[]): readonly Control[] => {
    const busy = (control: Control): number => Number(monoMs() - asker.lastMs(control) < leastBetweenMs)
    return controls.toSorted((a, b) => busy(a) - busy(b) || memory.answeredMs(b) - memory.answeredMs(a))
  }

  const verdictOn = async (attempt: FailedAttempt, signal: AbortSignal): Promise<'online' | 'offline' | 'unknown'> => {
    const over = new AbortController()
    const cut = AbortSignal.any([signal, stopping.signal, over.signal])
    const isOver = deps.wait(verdictWithinMs, cut).then(() => over.abort())
    const asked = new Set<Control>()
    let wave: Promise<void> | null = null
    try {
      for (let size = firstWave; !cut.aborted; ) {
        const judged = memory.judge(attempt)
        if (judged.is !== 'open') return judged.is
        if (wave === null) {
          const next = inOrder(judged.ask.filter(control => !asked.has(control))).slice(0, size)
          if (next.length === 0) return 'unknown'
          for (const control of next) asked.add(control)
          size = Math.min(size * 3, largestWave)
          wave = askAll(next, 'followup').then(() => {
            wave = null
          })
        }
        await Promise.race([wave, memory.nextAnswer(), isOver])
      }
      return 'unknown'
    } finally {
      over.abort()
    }
  }

  const measure: Measure = async (probe, slot, signal) => {
    const startedMs = monoMs()
    const line = await deps.measure(probe, slot, signal)
    if (probe.type === 'reference') return line
    const failed = momentOf(clock)
    const hasAnswered = answeredUs(probe, line) !== null
    if (!failedAtNetwork(line) || !hasAnswered) hear(probe, line, startedMs)
    if (!failedAtNetwork(line)) return line
    const verdict = await verdictOn({ probe, operation: line.operation, startedMs, failed }, signal)
    // its own certificate, before it broke, says nothing about what broke it
    if (hasAnswered) hear(probe, line, startedMs)
    return verdict === 'offline' ? withControlsFailed(probe, line) : line
  }

  const recheck = async (): Promise<void> => {
    for (const controls of memory.awaited()) {
      const longestAgo = controls.toSorted((a, b) => asker.lastMs(a) - asker.lastMs(b))
      await askAll(longestAgo.slice(0, recheckedAtOnce), 'followup')
    }
  }

  const loop = async (): Promise<void> => {
    let standingMs = monoMs()
    for (let why: Slot['why'] = 'boot'; !stopping.signal.aborted; ) {
      if (monoMs() >= standingMs) {
        standingMs = monoMs() + standingEveryMs
        await askAll(
          memory.controls().filter(({ isStanding }) => isStanding),
          why,
        )
        why = 'schedule'
      }
      nap = new AbortController()
      const untilMs = Math.max(0, standingMs - monoMs())
      const isOffline = memory.awaited().length > 0
      await deps.wait(
        isOffline ? Math.min(recheckEveryMs, untilMs) : untilMs,
        AbortSignal.any([nap.signal, stopping.signal]),
      )
      if (isOffline && !nap.signal.aborted) await recheck()
    }
  }
  const looping = loop()

  return {
    measure,
    admit: ({ billed, credential }) =>
      billed && sides.isOutside(credential) && memory.standingOf(wayOf(credential)).is === 'offline'
        ? 'vantage_offline'
        : null,
    standing: () => memory.standingOf('direct').is,
    replace: memory.replace,
    stop: async () => {
      stopping.abort()
      await looping
    },
  }
}

/** When the certificate was seen to be good, on both clocks. */
const answerOf = (probe: Probe, line: ResultLine, startedMs: number): Moment | null => {
  const us = answeredUs(probe, line)
  return us === null ? null : { wallMs: Date.parse(line.at) + us / 1000, monoMs: startedMs + us / 1000 }
}
