import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Gap, noBody, type Opened, openBatch, packBody, signBatch, signGap, signRotation } from './batch.ts'
import { type Head, noHead, type Placement, placeInChain } from './chain.ts'
import type { SigningKey } from './identity.ts'
import { sha256 } from './ids.ts'
import { proberId, sampleClaims, sampleKeys } from './sample-records.ts'

const keys = await sampleKeys()
const { prober, aggregator, successor } = keys

const opened = async (jws: string, body: Uint8Array, key: SigningKey): Promise<Opened> => {
  const open = await openBatch({ jws, body, key, prober: proberId, audiences: [aggregator.kid] })
  if (!open.ok) throw new Error(open.detail)
  return open
}

const batch = async (head: Head, what: string, key = prober): Promise<Opened> => {
  const body = packBody([JSON.stringify(what)])
  const claims = sampleClaims(keys, { seq: head.seq + 1, prev: head.hash })
  return opened(await signBatch(key, claims, body), body.bytes, key)
}

const gapRecord = async (seq: number, prev: string, span: Pick<Gap, 'from_seq' | 'to_seq'>): Promise<Opened> => {
  const gap: Gap = { ...span, from: null, to: null, lost: 9, reason: 'spool_full' }
  return opened(await signGap(prober, sampleClaims(keys, { seq, prev }), gap), noBody.bytes, prober)
}

const headOf = (record: Opened): Head => ({ seq: record.claims.seq, hash: record.hash })

/** Nine records as a prober writes them: batches, a key change after the third, a gap that gives up two seqs. */
const chain = await (async () => {
  const records: Opened[] = []
  const head = () => (records.length === 0 ? noHead : headOf(records.at(-1) as Opened))
  for (const what of ['one', 'two', 'three']) records.push(await batch(head(), what))
  const { seq, hash } = head()
  records.push(await gapRecord(seq + 3, hash, { from_seq: seq + 1, to_seq: seq + 2 }))
  const claims = sampleClaims(keys, { seq: head().seq + 1, prev: head().hash })
  records.push(await opened(await signRotation(prober, successor, claims), noBody.bytes, prober))
  for (const what of ['six', 'seven', 'eight', 'nine']) records.push(await batch(head(), what, successor))
  return records
})()

/** A ledger as the aggregator keeps it, and where each delivery was placed. */
const deliver = (records: readonly Opened[]) => {
  const ledger = new Map<number, Opened>()
  let head = noHead
  const placements = records.map((record): Placement => {
    const placement = placeInChain(head, record, ledger.get(record.claims.seq)?.hash ?? null)
    if (placement === 'next') {
      ledger.set(record.claims.seq, record)
      head = headOf(record)
    }
    return placement
  })
  return { ledger: [...ledger.values()], placements, head }
}

const deliveries = fc.array(fc.nat({ max: chain.length - 1 }), { maxLength: 60 })
const record = (at: number): Opened => chain[at] as Opened
const property = (check: fc.IRawProperty<unknown>) => fc.assert(check, { interruptAfterTimeLimit: 400, numRuns: 400 })

describe('a chain', () => {
  it('in its order is next, next, next, over a gap record and a change of keys', () => {
    expect(deliver(chain)).toMatchObject({ ledger: chain, placements: chain.map(() => 'next') })
  })

  it('in its order again is the same, every record of it', () => {
    expect(deliver([...chain, ...chain]).placements.slice(chain.length)).toEqual(chain.map(() => 'same'))
  })

  it('with one record dropped has a gap from there on', () => {
    for (const dropped of chain.keys()) {
      const { placements, ledger } = deliver(chain.toSpliced(dropped, 1))
      expect(placements).toEqual(chain.slice(1).map((_, at) => (at < dropped ? 'next' : 'gap')))
      expect(ledger).toEqual(chain.slice(0, dropped))
    }
  })

  it('with two neighbours swapped takes the first of them when it comes, and the second when it is sent again', () => {
    for (let at = 0; at + 1 < chain.length; at++) {
      const swapped = [...chain.slice(0, at), record(at + 1), record(at), record(at + 1)]
      expect(deliver(swapped).placements.slice(at)).toEqual(['gap', 'next', 'next'])
    }
  })

  it('in any order, with anything repeated, is taken up to its first hole, each record once, and is never a fork', () => {
    property(
      fc.property(deliveries, order => {
        const { ledger, placements } = deliver(order.map(record))
        expect(ledger).toEqual(chain.slice(0, ledger.length))
        expect(placements.filter(placement => placement === 'next')).toHaveLength(ledger.length)
        expect(placements).not.toContain('fork')
      }),
    )
  })

  it('is whole in the end when its prober sends what is expected', () => {
    property(
      fc.property(deliveries, order => {
        expect(deliver([...order.map(record), ...chain]).ledger).toEqual(chain)
      }),
    )
  })
})

describe('a fork', () => {
  it('is another record in the place of one that is here', async () => {
    for (const [at, known] of chain.slice(0, 3).entries()) {
      const before = at === 0 ? noHead : headOf(record(at - 1))
      const other = await batch(before, 'another history')
      const head = headOf(record(chain.length - 1))
      expect(placeInChain(head, other, known.hash)).toBe('fork')
      expect(placeInChain(headOf(known), other, known.hash)).toBe('fork')
    }
  })

  it('is a next record that continues another history', async () => {
    const [one] = chain as [Opened]
    const other = await batch({ seq: 1, hash: sha256('another first batch') }, 'two')
    expect(placeInChain(headOf(one), other, null)).toBe('fork')
    const gap = await gapRecord(2, sha256('another first batch'), { from_seq: 2, to_seq: 1 })
    expect(placeInChain(headOf(one), gap, null)).toBe('fork')
  })

  it('is a first batch that does not begin at the beginning', async () => {
    expect(placeInChain(noHead, await batch({ seq: 0, hash: sha256('before') }, 'one'), null)).toBe('fork')
  })

  it('is not a record that turns up where its prober had given it up, or where the ledger no longer reaches', async () => {
    const late = await batch(headOf(record(2)), 'given up')
    expect(placeInChain(headOf(record(chain.length - 1)), late, null)).toBe('gap')
    expect(placeInChain(headOf(record(chain.length - 1)), record(0), null)).toBe('gap')
  })
})

describe('a gap record', () => {
  const head: Head = { seq: 10, hash: sha256('ten') }

  it('bridges from the head over exactly the seqs that it names', async () => {
    for (let from = 1; from <= 14; from++) {
      for (let to = Math.max(from - 1, 1); to <= 14; to++) {
        const record = await gapRecord(to + 1, head.hash, { from_seq: from, to_seq: to })
        if (record.claims.seq <= head.seq) continue
        expect(placeInChain(head, record, null), `${from}–${to}`).toBe(from === 11 ? 'next' : 'gap')
      }
    }
  })

  it('moves the head to its own seq, and the next batch follows it', async () => {
    const bridge = await gapRecord(14, head.hash, { from_seq: 11, to_seq: 13 })
    expect(placeInChain(headOf(bridge), await batch(headOf(bridge), 'after'), null)).toBe('next')
  })

  it('jumps from the head only', async () => {
    const elsewhere = await gapRecord(14, sha256('nine'), { from_seq: 11, to_seq: 13 })
    expect(placeInChain(head, elsewhere, null)).toBe('gap')
  })

  it('may give up results and no seq at all', async () => {
    const onlyResults = await gapRecord(11, head.hash, { from_seq: 11, to_seq: 10 })
    expect(placeInChain(head, onlyResults, null)).toBe('next')
  })

  it('is never jumped by a batch', async () => {
    expect(placeInChain(head, await batch({ seq: 11, hash: head.hash }, 'twelve'), null)).toBe('gap')
  })
})
