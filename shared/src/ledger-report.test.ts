import { describe, expect, it } from 'vitest'
import { keyFromJwk } from './identity.ts'
import { type LedgerRecord, writeLedgerLine } from './ledger.ts'
import { type TrustedKeys, verifyExport } from './ledger-report.ts'
import { longLedger, writeLedger } from './sample-ledger.ts'
import { atMs, idNamed, proberId, sampleKeys } from './sample-records.ts'

const keys = await sampleKeys()

async function* exported(records: readonly LedgerRecord[]) {
  for (const record of records) yield writeLedgerLine(record, atMs).trimEnd()
}

const trusted = async (change: Partial<TrustedKeys> = {}): Promise<TrustedKeys> => ({
  prober: proberId,
  keys: [await keyFromJwk(keys.prober.jwk)],
  aggregators: [await keyFromJwk(keys.aggregator.jwk)],
  ...change,
})

const read = async (records: readonly LedgerRecord[], change: Partial<TrustedKeys> = {}) =>
  verifyExport(exported(records), await trusted(change))

describe('an export', () => {
  it('is intact over everything that may happen to a chain, and says what it holds', async () => {
    const lines = ['{"kind":"definition"}', '{"id":1,"skip":"paused"}', '{"id":2}', '{"id":"\\"skip\\":\\""}']
    const writing = await (await writeLedger(keys).batch(lines)).rotate(keys.successor)
    expect(await read((await writing.gap(2)).ledger())).toEqual({
      prober: proberId,
      aggregator: keys.aggregator.kid,
      records: 3,
      lines: 4,
      results: 2,
      skips: 1,
      definitions: 1,
      from: 1,
      to: 5,
      oldest: expect.any(String),
      newest: expect.any(String),
      rotations: 1,
      gaps: [expect.objectContaining({ from_seq: 3, to_seq: 4 })],
      receipts: 'checked',
      broken: null,
      unreadable: null,
    })
  })

  it('is broken at the number that does not hold, and says what holds before it', async () => {
    const ledger = await longLedger(keys)
    expect(await read(ledger.toSpliced(1, 1))).toMatchObject({ from: 1, to: 1, records: 1, broken: { seq: 3 } })
  })

  it('of another prober is broken from its first record', async () => {
    const ledger = await longLedger(keys)
    const another = idNamed('another') as typeof proberId
    expect(await read(ledger, { prober: another })).toMatchObject({
      broken: { seq: 1, why: expect.stringMatching(/another prober/) },
    })
    const stranger = await keyFromJwk(keys.stranger.jwk)
    expect(await read(ledger, { keys: [stranger] })).toMatchObject({
      broken: { seq: 1, why: 'it is signed by a key that is not known here' },
    })
  })

  it('can be read by whoever has the public key, from wherever it begins', async () => {
    const anybody = { prober: null, aggregators: null }
    const ledger = await longLedger(keys)
    expect(await read(ledger, anybody)).toMatchObject({
      prober: proberId,
      receipts: 'not_checked',
      broken: null,
      to: 8,
    })
    const later = [await keyFromJwk(keys.successor.jwk)]
    expect(await read(ledger.slice(3), { ...anybody, keys: later })).toMatchObject({ from: 4, to: 8, broken: null })
  })

  it('that is cut off, or none at all, is unreadable at that line', async () => {
    const texts = (await longLedger(keys)).map(record => writeLedgerLine(record, atMs))
    const cut = [...texts.slice(0, 2), texts[2]?.slice(0, 100) ?? '']
    const from = async function* (all: readonly string[]) {
      yield* all
    }
    expect(await verifyExport(from(cut), await trusted())).toMatchObject({ records: 2, unreadable: { line: 3 } })
    expect(await verifyExport(from(['<html>']), await trusted())).toMatchObject({ unreadable: { line: 1 } })
    expect(await verifyExport(from([]), await trusted())).toMatchObject({ records: 0, broken: null, unreadable: null })
  })
})
