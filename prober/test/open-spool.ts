import type { Notary } from '../src/spool/flight.ts'
import type { Loss } from '../src/spool/loss.ts'
import { type OpenedSpool, openSpool, type Spool } from '../src/spool/spool.ts'
import type { CrashDisk } from './crash-disk.ts'
import { createDisk } from './crash-disk.ts'
import type { ModelAggregator } from './model-aggregator.ts'

/** A spool on a disk that can break, and what it said. */
export const openOn = async (
  disk: Pick<CrashDisk, 'files'>,
  given: { readonly maxBytes?: number; readonly nowMs?: () => number; readonly checkpoint?: () => Promise<void> } = {},
): Promise<OpenedSpool & { readonly losses: readonly Loss[] }> => {
  const losses: Loss[] = []
  const opened = await openSpool({
    files: disk.files,
    quarantine: createDisk().files,
    maxBytes: 1 << 22,
    nowMs: () => 0,
    onDurable: () => undefined,
    checkpoint: async () => undefined,
    onLoss: loss => losses.push(loss),
    ...given,
  })
  return { ...opened, losses }
}

/** One record out and its answer in, as report/send-one.ts does it; what became of it. */
export const sendNext = async (
  spool: Spool,
  notary: Notary,
  aggregator: Pick<ModelAggregator, 'take'>,
): Promise<string> => {
  const flight = await spool.next(notary)
  if (flight === null) return 'nothing'
  const { status, body } = await aggregator.take(flight.jws, flight.body)
  if (status === 200 || status === 201) return spool.settle(notary, String(body.receipt))
  const at = { expectedSeq: Number(body.expected_seq), head: String(body.head) }
  if (status === 401) return (await spool.resendRotation()) ? 'resending' : 'unknown_key'
  if (status === 409 && body.code === 'gap') return spool.reposition(at)
  if (status === 409) {
    await spool.noteFork(at)
    return 'forked'
  }
  await spool.refuse(notary, flight)
  return 'refused'
}

/** Sends until nothing is left, or nothing may be sent. */
export const drain = async (
  spool: Spool,
  notary: Notary,
  aggregator: Pick<ModelAggregator, 'take'>,
): Promise<readonly string[]> => {
  const became: string[] = []
  for (let sends = 0; sends < 500; sends++) {
    const result = await sendNext(spool, notary, aggregator)
    if (result !== 'freed') became.push(result)
    if (['nothing', 'forked', 'unknown_key'].includes(result)) return became
  }
  throw new Error('it never ends')
}
