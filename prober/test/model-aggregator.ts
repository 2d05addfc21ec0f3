import { type Gap, inflateLines, openBatch, readBatchHeader, signReceipt } from '@llmstatus/shared/batch'
import { type Head, noHead, placeInChain } from '@llmstatus/shared/chain'
import type { SigningKey, VerifyingKey } from '@llmstatus/shared/identity'
import type { ProberId } from '@llmstatus/shared/ids'

/** What an aggregator answers to a batch, by the contract: verified, placed in the chain, kept, receipted. */
export interface ModelAggregator {
  readonly take: (jws: string, body: Uint8Array) => Promise<Answer>
  readonly head: () => Head
  readonly lines: () => readonly string[]
  readonly gaps: () => readonly Gap[]
  /** As after a restore from a backup: what came after this number was never here. */
  readonly forgetAfter: (seq: number) => void
}

export interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

interface Stored {
  readonly head: Head
  readonly lines: readonly string[]
  readonly gap: Gap | null
}

export const createModelAggregator = (deps: {
  readonly key: SigningKey
  readonly prober: () => { readonly id: ProberId; readonly key: VerifyingKey } | null
}): ModelAggregator => {
  let ledger: Stored[] = []
  const head = () => ledger.at(-1)?.head ?? noHead
  const taken = async (status: number, prober: ProberId, { seq, hash }: Head): Promise<Answer> => ({
    status,
    body: { seq, receipt: await signReceipt(deps.key, { sub: prober, seq, h: hash }), rejected: [] },
  })

  return {
    head,
    lines: () => ledger.flatMap(({ lines }) => lines),
    gaps: () => ledger.flatMap(({ gap }) => gap ?? []),
    forgetAfter: seq => {
      ledger = ledger.filter(stored => stored.head.seq <= seq)
    },
    take: async (jws, body) => {
      const prober = deps.prober()
      if (prober === null || readBatchHeader(jws)?.kid !== prober.key.kid)
        return { status: 401, body: { code: 'unknown_key' } }
      const opened = await openBatch({ jws, body, key: prober.key, prober: prober.id, audiences: [deps.key.kid] })
      if (!opened.ok) return { status: 422, body: { code: opened.code } }
      const at: Head = { seq: opened.claims.seq, hash: opened.hash }
      const known = ledger.find(stored => stored.head.seq === at.seq)
      const placed = placeInChain(head(), opened, known?.head.hash ?? null)
      const stand = { expected_seq: head().seq + 1, head: head().hash }
      if (placed === 'same') return taken(200, prober.id, at)
      if (placed !== 'next') return { status: 409, body: { code: placed, ...stand } }
      const lines = inflateLines(body, opened.claims)
      if (!Array.isArray(lines)) return { status: 422, body: { code: 'bad_gzip' } }
      ledger.push({ head: at, lines, gap: 'gap' in opened.claims ? opened.claims.gap : null })
      return taken(201, prober.id, at)
    },
  }
}
