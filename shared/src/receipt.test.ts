import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Receipt, receiptHolds, signReceipt, signSuccessor, successorIn } from './batch.ts'
import { signJws, types } from './identity.ts'
import { sha256 } from './ids.ts'
import { idNamed, proberId, sampleKeys } from './sample-records.ts'

const { aggregator, stranger, successor } = await sampleKeys()

describe('a receipt', () => {
  const expected = { sub: proberId, seq: 5, h: sha256('a batch') }

  it('holds for this prober, this seq and these bytes', async () => {
    const receipt = await signReceipt(aggregator, expected)
    expect(await receiptHolds(aggregator, receipt, expected)).toEqual({ iss: aggregator.kid, ...expected })
  })

  it('may say more than we know', async () => {
    const more = await signJws(aggregator, types.receipt, { iss: aggregator.kid, ...expected, motd: 'hello' })
    expect(await receiptHolds(aggregator, more, expected)).toEqual({ iss: aggregator.kid, ...expected })
  })

  it.each([{ seq: 4 }, { seq: 6 }, { h: sha256('other') }, { sub: idNamed('another') as typeof proberId }])(
    'does not hold for %j',
    async change => {
      expect(
        await receiptHolds(aggregator, await signReceipt(aggregator, { ...expected, ...change }), expected),
      ).toBeNull()
      expect(
        await receiptHolds(aggregator, await signReceipt(aggregator, expected), { ...expected, ...change }),
      ).toBeNull()
    },
  )

  it('does not hold by another key, even one that says it is the pinned one', async () => {
    expect(await receiptHolds(aggregator, await signReceipt(stranger, expected), expected)).toBeNull()
    const posing = { ...stranger, kid: aggregator.kid }
    expect(await receiptHolds(aggregator, await signReceipt(posing, expected), expected)).toBeNull()
    const wrongIss = await signJws(aggregator, types.receipt, { iss: stranger.kid, ...expected })
    expect(await receiptHolds(aggregator, wrongIss, expected)).toBeNull()
  })

  it('does not hold as another type, or when it is the page of a captive portal', async () => {
    const typed = await signJws(aggregator, types.batch, { iss: aggregator.kid, ...expected })
    expect(await receiptHolds(aggregator, typed, expected)).toBeNull()
    for (const text of ['', '<html>Please log in</html>', '{}', 'a.b.c'])
      expect(await receiptHolds(aggregator, text, expected)).toBeNull()
  })

  it('does not hold with any byte changed', async () => {
    const receipt = await signReceipt(aggregator, expected)
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: receipt.length - 1 }), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const bytes = Buffer.from(receipt)
        bytes[at] = (bytes[at] ?? 0) ^ flip
        expect(await receiptHolds(aggregator, bytes.toString('latin1'), expected)).toBeNull()
      }),
      { interruptAfterTimeLimit: 500 },
    )
  })
})

describe('the next key of an aggregator', () => {
  const expected = { sub: proberId, seq: 5, h: sha256('a batch') }
  const receiptWith = async (next: Receipt['next']): Promise<Receipt> => {
    const held = await receiptHolds(aggregator, await signReceipt(aggregator, { ...expected, next }), expected)
    if (held === null) throw new Error('the receipt does not hold')
    return held
  }

  it('comes in a receipt, by the word of the one in force', async () => {
    const receipt = await receiptWith(await signSuccessor(aggregator, successor))
    expect(await successorIn(aggregator, receipt)).toMatchObject({ kid: successor.kid, jwk: successor.jwk })
  })

  it('is none where a receipt names none, or the same again', async () => {
    expect(await successorIn(aggregator, await receiptWith(undefined))).toBeNull()
    expect(await successorIn(aggregator, await receiptWith(await signSuccessor(aggregator, aggregator)))).toBeNull()
  })

  it('is nobody for whom another key speaks, nor a key that was put beside the word for another', async () => {
    const byAnother = await signSuccessor(stranger, successor)
    const forAnother = { ...(await signSuccessor(aggregator, successor)), jwk: stranger.jwk }
    const posing = await signSuccessor({ ...stranger, kid: aggregator.kid }, successor)
    const asReceipt = { jwk: successor.jwk, sig: await signReceipt(aggregator, expected) }
    for (const next of [byAnother, forAnother, posing, asReceipt])
      expect(await successorIn(aggregator, await receiptWith(next))).toBeNull()
  })
})
