import { genesis, noBody, openBatch } from '@llmstatus/shared/batch'
import { expect, test } from 'vitest'
import { knownIdentity, seededRandom } from '../../test/known-identity.ts'
import { createLog } from '../log.ts'
import { spanOf } from '../spool/body.ts'
import { loadIdentity } from './identity-file.ts'
import { signingFor } from './signing.ts'

test("the newest offset of the aggregator's clock goes out with the next record, and no time is changed by it", async () => {
  const { files, prober, aggregatorKey } = await knownIdentity()
  const identity = await loadIdentity(files)
  if (identity === null) throw new Error('no identity')
  const nowMs = Date.UTC(2026, 0, 1)
  const signing = signingFor({
    version: '0.1.0',
    region: null,
    continent: null,
    probes: () => [],
    clock: { nowMs: () => nowMs, monoUs: () => 0 },
    random: seededRandom('signing'),
    files,
    log: createLog('silent', { write: () => undefined, form: 'lines' }),
  })
  const notary = signing.notaryOf(identity)
  const claims = async () => {
    const record = { seq: 1, prev: genesis, body: noBody, span: spanOf([]), gap: null, becomes: null, signer: null }
    const jws = await notary.sign({ ...record, spoolBytes: 0 })
    const audiences = [aggregatorKey.kid]
    const opened = await openBatch({ jws, body: noBody.bytes, key: prober.key, prober: prober.id, audiences })
    if (!opened.ok) throw new Error(opened.detail)
    return { offsetMs: opened.claims.about?.offset_ms, iat: opened.claims.iat }
  }
  expect(await claims()).toEqual({ offsetMs: null, iat: nowMs / 1000 })
  signing.noteOffset(90_000)
  signing.noteOffset(-1234)
  expect(await claims()).toEqual({ offsetMs: -1234, iat: nowMs / 1000 })
})
