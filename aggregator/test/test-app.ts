import { keyFromSeed, type SigningKey } from '@llmstatus/shared/identity'
import { pino } from 'pino'
import { migrations } from '../../test/postgres.ts'
import { type AppDeps, buildApp } from '../src/app.ts'
import type { Store } from '../src/db/store.ts'
import { defaultPolicy } from '../src/judge/policy.ts'
import { makeRing } from '../src/keys/key-ring.ts'
import type { Keys } from '../src/keys/keys.ts'
import { seededRandom } from './random.ts'

export const startMs = Date.parse('2026-11-20T12:00:00.000Z')

export const realAfter = (ms: number, run: () => void): (() => void) => {
  const timer = setTimeout(run, ms)
  return () => clearTimeout(timer)
}

/** One key and no database to ask for it: for tests in which the database goes away. */
const keysOf = async (key: SigningKey): Promise<Keys> => {
  const ring = await makeRing({ held: [key], inForce: key.kid, sinceMs: startMs, former: [] })
  if (ring === null) throw new Error('a ring without its key')
  const same = () => Promise.resolve(ring)
  return { ring: same, fresh: same, rotate: same, file: { path: 'aggregator.key', kind: 'own' } }
}

/** The real application on a real database, with a clock that stands until a test moves it. */
export const testApp = async (db: Store['db'], over: Partial<AppDeps> = {}) => {
  const clock = { ms: startMs, nowMs: (): number => clock.ms }
  const random = seededRandom('aggregator')
  const key = await keyFromSeed(random(32))
  const stored: (readonly number[])[] = []
  const logged: string[] = []
  const deps: AppDeps = {
    db,
    migrations,
    keys: await keysOf(key),
    clock,
    random,
    log: pino({ level: 'debug' }, { write: line => void logged.push(line) }),
    config: { host: '127.0.0.1', publicUrl: null, publicRead: false, trustProxy: false },
    policy: defaultPolicy,
    providers: new Map(),
    version: '0.0.0',
    page: null,
    after: realAfter,
    afterStored: ids => void stored.push(ids),
    ...over,
  }
  const app = buildApp(deps)
  return { app, deps, key, clock, stored, logged }
}
export type TestApp = Awaited<ReturnType<typeof testApp>>
