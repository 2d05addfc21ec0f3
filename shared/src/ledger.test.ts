import { describe, expect, it } from 'vitest'
import { packBody } from './batch.ts'
import { keyFromJwk } from './identity.ts'
import { type LedgerRecord, readLedgerLine, startWalk, type Walk, walkOn, writeLedgerLine } from './ledger.ts'
import { longLedger, writeLedger } from './sample-ledger.ts'
import { atMs, proberId, sampleKeys } from './sample-records.ts'

const keys = await sampleKeys()

const walkAll = async (records: readonly LedgerRecord[], known: Partial<Walk> = {}) => {
  let walk = startWalk({
    prober: proberId,
    head: null,
    key: await keyFromJwk(keys.prober.jwk),
    aggregators: [await keyFromJwk(keys.aggregator.jwk)],
    ...known,
  })
  for (const record of records) {
    const stride = await walkOn(walk, record)
    if (!stride.ok) return { walk, broken: { seq: stride.seq, why: stride.why } }
    walk = stride.walk
  }
  return { walk, broken: null }
}

describe('a ledger', () => {
  it('holds from its first record to its last, over a rotation and a gap', async () => {
    const { walk, broken } = await walkAll(await longLedger(keys))
    expect(broken).toBeNull()
    expect(walk).toMatchObject({ from: 1, head: { seq: 8 }, records: 5, lines: 4, rotations: 1 })
    expect(walk.gaps).toEqual([expect.objectContaining({ from_seq: 4, to_seq: 6, lost: 7, reason: 'spool_full' })])
    expect(walk.key.kid).toBe(keys.successor.kid)
  })

  it('whose beginning is no longer kept starts where it starts, and says so', async () => {
    const ledger = await longLedger(keys)
    expect(await walkAll(ledger.slice(1))).toMatchObject({ walk: { from: 2, records: 4 }, broken: null })
    const known = { key: await keyFromJwk(keys.successor.jwk) }
    expect(await walkAll(ledger.slice(3), known)).toMatchObject({ walk: { from: 4, records: 2 }, broken: null })
  })

  it('follows the aggregator to its next key, by the word of the one before and no other', async () => {
    const followed = (
      await (await writeLedger(keys).batch(['1'], keys.successor)).serveWith(keys.successor).batch()
    ).ledger()
    expect(await walkAll(followed)).toMatchObject({ walk: { records: 2 }, broken: null })
    const taken = (await (await writeLedger(keys).batch()).serveWith(keys.stranger).batch()).ledger()
    expect(await walkAll(taken)).toMatchObject({ broken: { seq: 2, why: 'bad_claims: aud: is another aggregator' } })
  })

  it('is what the prober said even where no aggregator is known, and then no receipt is looked at', async () => {
    const ledger = (await longLedger(keys)).map(record => ({ ...record, receipt: '' }))
    expect(await walkAll(ledger, { aggregators: null })).toMatchObject({ walk: { records: 5 }, broken: null })
    expect(await walkAll(ledger)).toMatchObject({ broken: { seq: 1, why: 'its receipt is not by the aggregator' } })
  })

  it.each<[string, (ledger: readonly LedgerRecord[]) => readonly LedgerRecord[], number, RegExp]>([
    ['a record was taken out', all => all.toSpliced(1, 1), 3, /missing/],
    ['one stands twice', all => [...all.slice(0, 2), ...all.slice(1)], 2, /came before/],
    ['two were exchanged', all => [all[0], all[2], all[1]] as LedgerRecord[], 3, /missing/],
    ['a body was changed', all => all.with(1, { ...all[1], body: packBody(['x']).bytes } as LedgerRecord), 2, /digest/],
    [
      'a receipt is of another',
      all => all.with(1, { ...all[1], receipt: all[0]?.receipt } as LedgerRecord),
      2,
      /receipt/,
    ],
    ['a signature was', all => all.with(1, { ...all[1], jws: all[0]?.jws } as LedgerRecord), 2, /digest|came before/],
    ['the key was already replaced', all => all.slice(3), 1, /bad_signature/],
  ])('is broken where %s', async (_what, change, seq, why) => {
    expect((await walkAll(change(await longLedger(keys)))).broken).toEqual({ seq, why: expect.stringMatching(why) })
  })
})

describe('a line of an export', () => {
  it('gives back the very bytes that it was made of', async () => {
    for (const record of await longLedger(keys)) {
      const text = writeLedgerLine(record, atMs)
      expect(readLedgerLine(text)).toEqual({ ...record, body: Buffer.from(record.body) })
      expect(Object.keys(JSON.parse(text))).toEqual(['jws', 'body', 'received_at', 'receipt'])
    }
  })

  it.each(['', '{}', 'null', '<html>', '{"jws":1}', '[]'])('%j is none', text => {
    expect(readLedgerLine(text)).toBeNull()
  })
})
