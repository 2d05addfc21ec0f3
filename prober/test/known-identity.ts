import { createHash } from 'node:crypto'
import { keyFromJwk, keyFromSeed } from '@llmstatus/shared/identity'
import { instant, ProberId, sha256, uuid7 } from '@llmstatus/shared/ids'
import type { Random } from '../src/probe.ts'
import { loadIdentity, saveIdentity } from '../src/report/identity-file.ts'
import { createKeyring, type KeyChange } from '../src/report/keyring.ts'
import { createNotary } from '../src/report/notary.ts'
import type { Files } from '../src/spool/files.ts'
import { createDisk } from './crash-disk.ts'

/** The same bytes in every run. */
export const seededRandom = (seed: string): Random => {
  let count = 0
  return bytes => createHash('sha512').update(`${seed} ${count++}`).digest().subarray(0, bytes)
}

export const proberId = ProberId.parse(uuid7(Date.UTC(2026, 0, 1), new Uint8Array(10)))
export const proberSeed = new Uint8Array(32).fill(1)
export const aggregatorSeed = new Uint8Array(32).fill(2)

/** A prober and an aggregator that have met before. Its keys are on this disk, as they are there already. */
export const knownIdentity = async (given: { readonly files?: Files; readonly nowMs?: () => number } = {}) => {
  const { files = createDisk().files, nowMs = () => Date.UTC(2026, 0, 1) } = given
  const key = await keyFromSeed(proberSeed)
  const aggregatorKey = await keyFromSeed(aggregatorSeed)
  const random = seededRandom('notary')
  const clock = { nowMs, monoUs: () => 0 }
  const aggregator = { url: 'https://status.example', key: await keyFromJwk(aggregatorKey.jwk) }
  const enrolled = { prober: proberId, aggregator, enrolledAt: instant(Date.UTC(2026, 0, 1)) }
  const identity = (await loadIdentity(files)) ?? (await saveIdentity(files, enrolled, proberSeed))
  const changes: KeyChange[] = []
  const keys = createKeyring(identity, { files, clock, random, tell: change => changes.push(change) })
  const notary = createNotary({
    prober: proberId,
    keys,
    boot: { id: uuid7(0, random(10)), monoUs: 0 },
    clock,
    random,
    defs: () => sha256(''),
    about: () => ({ version: 'test', region: null, continent: null, offset_ms: null }),
  })
  return { key, aggregatorKey, notary, keys, changes, files, prober: { id: proberId, key: await keyFromJwk(key.jwk) } }
}

/** A line that says which it is; the spool looks at nothing but its times. */
export const testLine = (index: number, padding = 0): string =>
  JSON.stringify({ id: `line-${index}`, at: instant(Date.UTC(2026, 0, 1) + index * 1000), pad: 'x'.repeat(padding) })
