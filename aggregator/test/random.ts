import { createHash } from 'node:crypto'

/** Bytes that look random and are the same in every run. */
export const seededRandom = (seed: string): ((bytes: number) => Uint8Array) => {
  let n = 0
  return bytes => {
    const blocks = Array.from({ length: Math.ceil(bytes / 32) }, () =>
      createHash('sha256').update(`${seed} ${n++}`).digest(),
    )
    return Buffer.concat(blocks).subarray(0, bytes)
  }
}

/** A whole number below `below`. */
export const seededBelow =
  (random: (bytes: number) => Uint8Array) =>
  (below: number): number =>
    Buffer.from(random(6)).readUIntBE(0, 6) % below
