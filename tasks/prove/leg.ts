import { step } from '../bring/progress.mjs'

/** One part of a run, and what it counted. Something that is one yes or no counts as one. */
export interface Leg {
  readonly name: string
  readonly passed: number
  readonly failed: number
  /** Shown only where something failed. */
  readonly output: string
  /** Said loudly: it could not run here, and how to get it. */
  readonly notRun?: string
}

export const yesOrNo = (name: string, good: boolean, output: string): Leg => ({
  name,
  passed: good ? 1 : 0,
  failed: good ? 0 : 1,
  output,
})

/** Shows a leg while it runs and what came of it. */
export const runLeg = async (name: string, run: (note: (text: string) => void) => Promise<Leg>): Promise<Leg> => {
  const shown = step(name, process.stdout)
  const leg = await run(shown.note)
  if (leg.failed > 0) {
    shown.fail(summary(leg))
    process.stdout.write(`${leg.output.trimEnd()}\n\n`)
  } else {
    shown.done(summary(leg))
  }
  return leg
}

const summary = (leg: Leg): string => {
  if (leg.notRun !== undefined) return 'DID NOT RUN'
  return leg.passed + leg.failed === 1 ? '' : `${leg.passed} passed, ${leg.failed} failed`
}

export const total = (legs: readonly Leg[]): { passed: number; failed: number } => ({
  passed: legs.reduce((sum, leg) => sum + leg.passed, 0),
  failed: legs.reduce((sum, leg) => sum + leg.failed, 0),
})
