import { readBatchHeader } from '@llmstatus/shared/batch'
import { types } from '@llmstatus/shared/identity'
import { Digest, sha256 } from '@llmstatus/shared/ids'
import { z } from 'zod'
import type { Flight } from './flight.ts'
import type { Kept, KeptRecord } from './kept.ts'

/**
 * What goes out again, byte for byte, because the aggregator came back from a backup and has lost it.
 *
 * Invariants
 * - It begins where the aggregator says it stands, and goes from one record to the one whose `prev` it is: what was
 *   kept and is no part of that chain is passed over.
 * - Nothing of it is written down. After a restart the aggregator says again where it stands.
 * - A place that the aggregator asked for and then would not take is asked for in vain from then on.
 */
export interface Resend {
  /** False where what the aggregator needs is not kept any more. */
  readonly begin: (head: string) => Promise<boolean>
  /** From the last rotation that is kept: an aggregator from before it does not know the key that we sign with. Tried once. */
  readonly beginAtRotation: () => Promise<boolean>
  readonly current: () => Flight | null
  /** Whether what goes out now is the very record that continues this head. */
  readonly continues: (head: string) => boolean
  readonly advance: () => Promise<void>
  readonly giveUp: () => void
  /** What is new was taken: an aggregator that does not know our key later has been restored since. */
  readonly progressed: () => void
  readonly end: () => void
}

interface Linked {
  readonly flight: Flight
  readonly prev: string
}

export const createResend = (kept: Kept): Resend => {
  const inVain = new Set<string>()
  let rotationTried = false
  let walk: AsyncGenerator<Linked> | null = null
  let current: Linked | null = null

  const advance = async (): Promise<void> => {
    const next = await walk?.next()
    current = next === undefined || next.done === true ? null : next.value
    if (current === null) walk = null
  }
  const begin = async (head: string): Promise<boolean> => {
    walk = inVain.has(head) ? null : chainFrom(kept, head)
    await advance()
    return current !== null
  }
  const end = (): void => {
    walk = null
    current = null
  }

  return {
    begin,
    beginAtRotation: async () => {
      if (rotationTried) return false
      rotationTried = true
      let prev: string | null = null
      for await (const record of kept.records())
        if (readBatchHeader(record.jws)?.typ === types.rotate) prev = manifestOf(record.jws)?.prev ?? null
      return prev !== null && begin(prev)
    },
    current: () => current?.flight ?? null,
    continues: head => current?.prev === head,
    advance,
    progressed: () => {
      rotationTried = false
    },
    giveUp: () => {
      if (current !== null) inVain.add(current.prev)
      end()
    },
    end,
  }
}

async function* chainFrom(kept: Kept, head: string): AsyncGenerator<Linked> {
  let hash = head
  for await (const record of kept.records()) {
    const linked = link(record)
    if (linked === null || linked.prev !== hash) continue
    hash = linked.flight.hash
    yield linked
  }
}

const Manifest = z.object({ prev: Digest, n: z.int() })

const manifestOf = (jws: string): z.infer<typeof Manifest> | null => {
  try {
    const payload = Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString('utf8')
    const read = Manifest.safeParse(JSON.parse(payload))
    return read.success ? read.data : null
  } catch {
    return null
  }
}

const link = ({ seq, jws, body }: KeptRecord): Linked | null => {
  const manifest = manifestOf(jws)
  if (manifest === null) return null
  return { prev: manifest.prev, flight: { seq, jws, hash: sha256(jws), body, lines: manifest.n } }
}
