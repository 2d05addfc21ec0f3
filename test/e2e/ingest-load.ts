import { setTimeout as sleep } from 'node:timers/promises'
import { receiptHolds } from '@llmstatus/shared/batch'
import { sha256, uuid7 } from '@llmstatus/shared/ids'
import { readLedgerLine } from '@llmstatus/shared/ledger'
import type { Admin } from '../../aggregator/src/admin/admin.ts'
import type { Store } from '../../aggregator/src/db/store.ts'
import { definitionLine, resultLine } from '../../aggregator/test/lines.ts'
import { seededRandom } from '../../aggregator/test/random.ts'
import { type Sealed, type Sender, sendSealed } from '../../aggregator/test/wire-prober.ts'

/** Probers that send as probers do: one batch in flight, the same bytes again until there is a receipt that holds. */

export interface Load {
  /** Hashes of the batches that a receipt was given for. */
  readonly received: ReadonlySet<string>
  readonly results: () => number
  /** Answers that were no receipt, by what they were. */
  readonly refusals: ReadonlyMap<string, number>
  /** Ends when each has the receipt for what it has in flight. */
  readonly end: () => Promise<void>
}

const perBatch = 40

export const startLoad = (url: string, senders: readonly Sender[]): Load => {
  const received = new Set<string>()
  const refusals = new Map<string, number>()
  let results = 0
  let isOpen = true
  const linesOf = (sender: Sender, batch: number): string[] => {
    const random = seededRandom(`${sender.name} ${batch}`)
    const nowMs = Date.now()
    const lines = Array.from({ length: perBatch }, (_, n) => resultLine(uuid7(nowMs, random(10)), nowMs - n * 1000))
    return [...(batch === 0 ? [definitionLine(nowMs)] : []), ...lines].map(line => JSON.stringify(line))
  }
  const deliver = async (sender: Sender, sealed: Sealed): Promise<void> => {
    const h = sha256(sealed.jws)
    for (;;) {
      const answer = await attempt(url, sealed)
      const isTaken = answer.status === 201 || answer.status === 200
      if (isTaken) {
        const { receipt } = JSON.parse(answer.text) as { receipt: string }
        const expected = { sub: sender.id, seq: sealed.seq, h }
        if ((await receiptHolds(sender.aggregator, receipt, expected)) === null)
          throw new Error('a receipt does not hold')
        received.add(h)
        return
      }
      refusals.set(String(answer.status), (refusals.get(String(answer.status)) ?? 0) + 1)
      // nothing but "come again": a prober would give up what is refused in another way
      if (![0, 503].includes(answer.status)) throw new Error(`it was answered ${answer.status}: ${answer.text}`)
      await sleep(50)
    }
  }
  const send = async (sender: Sender): Promise<void> => {
    for (let batch = 0; isOpen; batch++) {
      await deliver(sender, await sender.seal(linesOf(sender, batch)))
      results += perBatch
    }
  }
  const sending = Promise.all(senders.map(send))
  sending.catch(() => undefined)
  return {
    received,
    results: () => results,
    refusals,
    end: async () => {
      isOpen = false
      await sending
    },
  }
}

/** Some more batches were taken from here on. */
export const more = async ({ received }: Load): Promise<void> => {
  const before = received.size
  for (const endMs = Date.now() + 60_000; received.size <= before + 3; await sleep(20))
    if (Date.now() > endMs) throw new Error(`nothing more was taken after ${before} batches`)
}

/** 0 where nobody answered, or half an answer came. */
const attempt = (url: string, sealed: Sealed): Promise<{ readonly status: number; readonly text: string }> =>
  sendSealed(url, sealed).catch(error => ({ status: 0, text: String(error) }))

/** Every receipt has its record, whose chain holds. */
export const ledgerOf = async (admin: Admin): Promise<ReadonlySet<string>> => {
  const hashes = new Set<string>()
  for (const { id } of await admin.probers())
    for (let after_seq: number | null = 0; after_seq !== null; ) {
      const page = await admin.ledgerPage({ prober: id, after_seq, from: null, to: null })
      for (const line of page.lines) hashes.add(sha256(readLedgerLine(line.trimEnd())?.jws ?? ''))
      after_seq = page.last_seq
    }
  return hashes
}

/** Rows, different rows, and what the rollups have counted. */
export const countsIn = (store: Store) =>
  store.transact(async session => {
    const [rows] = await session.query<{ n: number; ids: number }>(
      'select count(*)::int as n, count(distinct id)::int as ids from result',
    )
    const [hours] = await session.query<{ n: number }>('select coalesce(sum(planned), 0)::int as n from rollup_hour')
    return { rows: rows?.n, ids: rows?.ids, planned: hours?.n }
  })
