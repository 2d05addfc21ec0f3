import type { ResultLine } from '@llmstatus/shared/result'
import type { Clock, Measure, Slot } from '../probe.ts'
import type { Control } from './control.ts'

/**
 * Asks a control whether it is there.
 *
 * Invariants
 * - Each is asked once at a time and at most every five seconds, whoever wants to know: who asks in between waits for the
 *   next answer.
 * - What was asked travels as a line, and only that: what the guard refused is nobody's result.
 */
export interface Asker {
  /** Resolves when its line was heard. Never rejects. */
  readonly ask: (control: Control, why: Slot['why']) => Promise<void>
  /** When it was asked last; long ago for never. */
  readonly lastMs: (control: Control) => number
}

export interface AskerDeps {
  readonly clock: Clock
  readonly wait: (ms: number, signal?: AbortSignal) => Promise<void>
  readonly newId: () => string
  readonly measure: Measure
  readonly hear: (control: Control, line: ResultLine, startedMs: number) => void
  readonly say: (lines: readonly ResultLine[]) => Promise<void>
  readonly signal: AbortSignal
}

export const leastBetweenMs = 5_000

export const createAsker = (deps: AskerDeps): Asker => {
  const { clock, signal } = deps
  const running = new Map<string, Promise<void>>()
  const lastMs = new Map<string, number>()
  const monoMs = (): number => clock.monoUs() / 1000

  const askNow = async (control: Control, why: Slot['why']): Promise<void> => {
    const last = lastMs.get(control.key)
    const gapMs = last === undefined ? 0 : last + leastBetweenMs - monoMs()
    if (gapMs > 0) await deps.wait(gapMs, signal)
    if (signal.aborted) return
    const startedMs = monoMs()
    lastMs.set(control.key, startedMs)
    const line = await deps.measure(control.probe, { id: deps.newId(), slotMs: clock.nowMs(), why }, signal)
    if (signal.aborted) return
    deps.hear(control, line, startedMs)
    if (line.outcome !== 'egress_denied') void deps.say([line])
  }

  return {
    lastMs: ({ key }) => lastMs.get(key) ?? -leastBetweenMs,
    ask: (control, why) => {
      const already = running.get(control.key)
      if (already !== undefined) return already
      const asked = askNow(control, why).finally(() => running.delete(control.key))
      running.set(control.key, asked)
      return asked
    },
  }
}
