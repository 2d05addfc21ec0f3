import { crc32 } from 'node:zlib'
import { noHead } from '@llmstatus/shared/chain'
import { Digest, ProberId, Thumbprint } from '@llmstatus/shared/ids'
import { z } from 'zod'
import type { Files } from './files.ts'
import { Loss } from './loss.ts'

/**
 * The spool's memory: where the chain stands and which segments are done. Every step of a record's life is one write
 * of this whole text, so there is no moment between two files that could contradict each other.
 *
 * Invariants
 * - Two slots of a fixed size, overwritten in place and synced, one after the other. A write that is torn leaves the
 *   other slot whole, and nothing acts on a state before both hold it. A bit that flips later is in one of the two.
 * - In place: advancing needs no free space, so a full disk can still be drained.
 */

const Signed = z.strictObject({
  seq: z.int().min(1),
  jws: z.string().max(4096),
  /** SHA-256 of its body. */
  dig: Digest,
  /** Whose body that is; null for a gap record, which has none. */
  segment: z.int().min(1).nullable(),
  /** What a gap record explains, taken back if it is refused. */
  loss: Loss.nullable(),
  /** Of a rotate record: the key that is in force once it is taken. */
  becomes: Thumbprint.nullable().default(null),
})

const State = z.strictObject({
  v: z.literal(1),
  generation: z.int().min(0),
  /** Whose chain this is. Another identity starts its own. */
  prober: ProberId.nullable(),
  /** The last record that a receipt proved. */
  head: z.strictObject({ seq: z.int().min(0), hash: Digest }),
  /** The highest number ever signed. None is signed twice. */
  lastSeq: z.int().min(0),
  signed: Signed.nullable(),
  /** Segments up to this number are done, */
  freed: z.int().min(0),
  /** but for this one: it was in flight while later ones were dropped. */
  kept: z.int().min(1).nullable(),
  losses: z.array(Loss).readonly(),
  /** The key in force since a rotation was taken; null before the first. */
  signer: Thumbprint.nullable().default(null),
  /** Where the aggregator stands in another history than ours. Nothing is sent until somebody says which is true. */
  fork: z
    .strictObject({ expected_seq: z.int().min(1), head: Digest })
    .nullable()
    .default(null),
})
export type State = z.infer<typeof State>

export const freshState: State = {
  v: 1,
  generation: 0,
  prober: null,
  head: noHead,
  lastSeq: 0,
  signed: null,
  freed: 0,
  kept: null,
  losses: [],
  signer: null,
  fork: null,
}

export const isDone = (state: State, segment: number): boolean => segment <= state.freed && segment !== state.kept

/** Segments end in order, but that the one in flight may outlive some behind it. */
export const markDone = (state: State, segment: number): State => {
  if (segment === state.kept) return { ...state, kept: null }
  const flying = state.signed?.segment ?? null
  const outlives = flying !== null && flying < segment && !isDone(state, flying)
  return { ...state, freed: segment, kept: outlives ? flying : state.kept }
}

const slots = ['state.a', 'state.b'] as const
const slotBytes = 16_384

export const encodeState = (state: State): Buffer => {
  const json = JSON.stringify(state)
  const bytes = Buffer.alloc(slotBytes, ' ')
  const written = bytes.write(`${checksum(json)} ${json}\n`)
  if (written >= slotBytes) throw new Error(`the spool's state has ${written} bytes`)
  bytes[slotBytes - 1] = 0x0a
  return bytes
}

const checksum = (text: string): string => crc32(text).toString(16).padStart(8, '0')

export const decodeState = (bytes: Buffer): State | null => {
  const text = bytes.toString('utf8')
  const json = text.slice(9, text.indexOf('\n'))
  if (text.slice(0, 9) !== `${checksum(json)} `) return null
  const parsed = State.safeParse(JSON.parse(json))
  return parsed.success ? parsed.data : null
}

/** What a prober that may be running has written: it writes one slot after the other, so one of them is whole. */
export const peekState = async (files: Files): Promise<State | null> => {
  const read = (slot: string) => files.read(slot).then(decodeState, () => null)
  return newer(await read(slots[0]), await read(slots[1]))
}

const newer = (a: State | null, b: State | null): State | null =>
  a === null || (b !== null && b.generation > a.generation) ? b : a

export interface StateKeeper {
  readonly state: () => State
  /** Resolves when both slots hold it; until then the state is what it was. */
  readonly save: (next: State) => Promise<void>
  /** Files were there, and neither could be read: what was sent is not known any more. */
  readonly lost: boolean
}

export const openState = async (files: Files): Promise<StateKeeper> => {
  const names = new Set((await files.list()).map(({ name }) => name))
  const found = await Promise.all(
    slots.map(async slot => (names.has(slot) ? decodeState(await files.read(slot)) : null)),
  )
  const newest = found.reduce(newer, null)
  let state = newest ?? freshState
  /** The slot that may be torn is always written first, so that the other is whole meanwhile. */
  let order = newest !== null && found[0] === newest ? slots.toReversed() : [...slots]
  const write = async (next: State) => {
    const bytes = encodeState(next)
    for (const slot of [...order]) {
      order = [slot, ...order.filter(other => other !== slot)]
      await files.overwrite(slot, bytes)
    }
    state = next
  }
  await write(state)
  await files.syncFolder()
  return {
    state: () => state,
    save: next => write({ ...next, generation: state.generation + 1 }),
    lost: newest === null && slots.every(slot => names.has(slot)),
  }
}
