import { type Gap, inflateLines, openBatch, readBatchHeader, signReceipt, signSuccessor } from '@llmstatus/shared/batch'
import { type Head, noHead, placeInChain } from '@llmstatus/shared/chain'
import { type SigningKey, types, type VerifyingKey } from '@llmstatus/shared/identity'
import type { ProberId } from '@llmstatus/shared/ids'

/** What an aggregator answers to a batch, by the contract: verified, placed in the chain, kept, receipted. */
export interface ModelAggregator {
  readonly take: (jws: string, body: Uint8Array) => Promise<Answer>
  readonly head: () => Head
  readonly lines: () => readonly string[]
  /** In the order taken. */
  readonly seqs: () => readonly number[]
  /** The thumbprint of the prober's key in force. */
  readonly proberKid: () => string | null
  /** Its own key is to be followed by this one: every receipt says so from now on. */
  readonly announce: (next: SigningKey) => void
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
  /** Behind a rotate record: the key that signs from then on. */
  readonly becomes: VerifyingKey | null
}

export const createModelAggregator = (deps: {
  readonly key: SigningKey
  readonly prober: () => { readonly id: ProberId; readonly key: VerifyingKey } | null
}): ModelAggregator => {
  let ledger: Stored[] = []
  let own: readonly SigningKey[] = [deps.key]
  const head = () => ledger.at(-1)?.head ?? noHead
  /** By the key that the record was meant for, so that whoever sent it can read it. */
  const taken = async (
    status: number,
    prober: ProberId,
    { seq, hash, aud }: Head & { aud: string },
  ): Promise<Answer> => {
    const index = own.findIndex(({ kid }) => kid === aud)
    const [key = deps.key, next] = own.slice(Math.max(index, 0))
    const named = next === undefined ? {} : { next: await signSuccessor(key, next) }
    const receipt = await signReceipt(key, { sub: prober, seq, h: hash, ...named })
    return { status, body: { seq, receipt, rejected: [] } }
  }
  const keyInForce = () => ledger.findLast(({ becomes }) => becomes !== null)?.becomes ?? deps.prober()?.key ?? null
  /** Also of keys that were followed by another: they may say again what they said. */
  const keyNamed = (kid: string | undefined) =>
    [deps.prober()?.key, ...ledger.map(({ becomes }) => becomes)].find(key => key?.kid === kid) ?? null

  return {
    head,
    lines: () => ledger.flatMap(({ lines }) => lines),
    seqs: () => ledger.map(({ head }) => head.seq),
    proberKid: () => keyInForce()?.kid ?? null,
    announce: next => {
      own = [...own, next]
    },
    gaps: () => ledger.flatMap(({ gap }) => gap ?? []),
    forgetAfter: seq => {
      ledger = ledger.filter(stored => stored.head.seq <= seq)
    },
    take: async (jws, body) => {
      const prober = deps.prober()
      const key = keyNamed(readBatchHeader(jws)?.kid)
      if (prober === null || key === null) return { status: 401, body: { code: 'unknown_key' } }
      const audiences = own.map(({ kid }) => kid)
      const opened = await openBatch({ jws, body, key, prober: prober.id, audiences })
      if (!opened.ok) return { status: 422, body: { code: opened.code } }
      const at = { seq: opened.claims.seq, hash: opened.hash, aud: opened.claims.aud }
      if (at.seq > head().seq && key.kid !== keyInForce()?.kid) return { status: 401, body: { code: 'unknown_key' } }
      const known = ledger.find(stored => stored.head.seq === at.seq)
      const placed = placeInChain(head(), opened, known?.head.hash ?? null)
      const stand = { expected_seq: head().seq + 1, head: head().hash }
      if (placed === 'same') return taken(200, prober.id, at)
      if (placed !== 'next') return { status: 409, body: { code: placed, ...stand } }
      const lines = inflateLines(body, opened.claims)
      if (!Array.isArray(lines)) return { status: 422, body: { code: 'bad_gzip' } }
      ledger.push({
        head: at,
        lines,
        gap: 'gap' in opened.claims ? opened.claims.gap : null,
        becomes: opened.type === types.rotate ? opened.successor : null,
      })
      return taken(201, prober.id, at)
    },
  }
}
