/** Everything that can be tested here. The last line is the sum over all legs. */
import { checkLegs } from './check.ts'
import { type Leg, runLeg } from './prove/leg.ts'
import { plainEnvironment } from './prove/plain-environment.ts'
import { proveAll } from './prove/prove-all.ts'
import { realPostgres } from './prove/real-postgres.ts'
import { vitestLeg } from './prove/vitest-leg.ts'

type Run = (note: (text: string) => void) => Promise<Leg>

const environment = (extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => {
  const { TEST_DATABASE_URL: _given, ...plain } = plainEnvironment(process.env)
  return { ...plain, ...extra, ...(process.argv.includes('--long') ? { TEST_LONG: '1' } : {}) }
}

/** A leg that takes longer has stopped moving; the full counts may take their time. */
const withinMs = process.argv.includes('--long') ? 3_600_000 : 300_000

const onPGlite =
  (signal: AbortSignal): Run =>
  note =>
    vitestLeg('PGlite', { project: 'db', env: environment(), note, signal, withinMs })

const onRealPostgres =
  (signal: AbortSignal): Run =>
  async note => {
    const name = 'real Postgres'
    const postgres = await realPostgres(process.env, note)
    if ('notRun' in postgres) return { name, passed: 0, failed: 0, output: '', notRun: postgres.notRun }
    try {
      const env = environment({ TEST_DATABASE_URL: postgres.url })
      const leg = await vitestLeg(name, { project: 'db', env, note, signal, withinMs, not: ' on pglite' })
      return { ...leg, output: `${postgres.what}\n${leg.output}` }
    } finally {
      await postgres.stop()
    }
  }

const endToEnd =
  (signal: AbortSignal): Run =>
  note =>
    vitestLeg('end to end', { project: 'e2e', env: environment(), note, signal, withinMs })

const faults =
  (signal: AbortSignal): Run =>
  note =>
    vitestLeg('faults', { project: 'faults', env: environment(), note, signal, withinMs })

process.exitCode = await proveAll(async signal => [
  ...(await checkLegs(signal, { env: environment(), withinMs })),
  await runLeg('database tests on PGlite', onPGlite(signal)),
  await runLeg('database tests on a real Postgres', onRealPostgres(signal)),
  await runLeg('end to end', endToEnd(signal)),
  await runLeg('faults', faults(signal)),
])
