import { type Ending, type Program, startProgram } from './program.ts'
import { stopAsked } from './stop-asked.ts'

/** A program ended that should have gone on. */
export class EndedEarly extends Error {
  readonly ending: Ending
  constructor(ending: Ending) {
    super(`The ${ending.name} ended with code ${ending.code}.`)
    this.ending = ending
  }
}

/** Somebody asked for an end: not a failure. */
export class Stopped extends Error {}

export interface Together {
  readonly start: (options: Parameters<typeof startProgram>[0]) => Program
  /** Goes on with `work`, unless a program ends or somebody asks for an end first: `ending` tells it so. */
  readonly during: <T>(work: (ending: AbortSignal) => Promise<T>) => Promise<T>
}

/**
 * Runs several programs as one: they are stopped in the reverse order of their start, and if one ends the others are
 * stopped too. Answers the exit code: 0 when asked to end, what a program said about its configuration (2), else 1.
 */
export const together = async (work: (all: Together) => Promise<void>): Promise<number> => {
  const programs: Program[] = []
  const ending = new AbortController()
  const insist = (): never => {
    for (const program of programs) program.kill()
    process.exit(130)
  }
  const asked = stopAsked(insist).then(() => {
    throw new Stopped()
  })
  asked.catch(() => {})
  const start: Together['start'] = options => {
    const program = startProgram(options)
    programs.push(program)
    return program
  }
  const oneEnds = () =>
    programs.map(program =>
      program.ended.then(ending => {
        throw new EndedEarly(ending)
      }),
    )
  const during: Together['during'] = each => Promise.race([each(ending.signal), asked, ...oneEnds()])
  try {
    await work({ start, during })
    return 0
  } catch (error) {
    return exitCodeOf(error)
  } finally {
    ending.abort()
    for (const program of programs.toReversed()) await program.stop()
  }
}

const exitCodeOf = (error: unknown): number => {
  if (error instanceof Stopped) return 0
  if (!(error instanceof EndedEarly)) throw error
  process.stdout.write(`${error.message} Stopping the rest.\n`)
  return error.ending.code === 2 ? 2 : 1
}

/** Something that only ends when everything does. */
export const forever = (ending: AbortSignal): Promise<void> =>
  new Promise(resolve => ending.addEventListener('abort', () => resolve(), { once: true }))
