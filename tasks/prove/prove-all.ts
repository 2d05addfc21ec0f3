import { type Leg, total } from './leg.ts'

/** Runs the legs, says what did not run, and ends with the sum: always the last line. */
export const proveAll = async (run: (signal: AbortSignal) => Promise<readonly Leg[]>): Promise<number> => {
  const stopping = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stopping.abort())
  const startedMs = Date.now()
  try {
    const legs = await run(stopping.signal)
    const { passed, failed } = total(legs)
    process.stdout.write(`all of it: ${((Date.now() - startedMs) / 1000).toFixed(0)} s\n${loudly(legs)}`)
    process.stdout.write(`${passed} passed, ${failed} failed\n`)
    return failed === 0 ? 0 : 1
  } catch (error) {
    if (!stopping.signal.aborted) throw error
    process.stdout.write('\nstopped\n')
    return 130
  }
}

const loudly = (legs: readonly Leg[]): string =>
  legs
    .filter(leg => leg.notRun !== undefined)
    .map(leg => `\n!!! The leg "${leg.name}" DID NOT RUN.\n!!! ${leg.notRun?.replaceAll('\n', '\n!!! ')}\n\n`)
    .join('')
