import { createHash } from 'node:crypto'

/**
 * A number in [0, 1) that depends on the seed and its labels and on nothing else: what one provider draws does not
 * change with the order in which requests reach another.
 */
export const draw = (seed: number, ...labels: readonly (string | number)[]): number =>
  createHash('sha256')
    .update([seed, ...labels].join('\u0000'))
    .digest()
    .readUInt32BE(0) / 0x1_0000_0000

/** Bytes that no parser takes for an answer: control characters, invalid UTF-8, now and then a line end. */
export const noise = (seed: number, sizeBytes: number): Buffer => {
  const out = Buffer.alloc(sizeBytes)
  for (let at = 0; at < sizeBytes; at += 32) {
    const block = createHash('sha256').update(`noise ${seed} ${at}`).digest()
    block.copy(out, at)
    if (at % 256 === 0) out[at] = 10
  }
  // A lone continuation byte can start no character, a NUL no JSON value.
  out[0] = 0x80
  if (sizeBytes > 1) out[1] = 0
  return out
}
