import {
  type BrotliDecompress,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  type Gunzip,
  type Inflate,
} from 'node:zlib'
import { caps } from './attempt.ts'

/**
 * For who compresses although identity was asked for. One chunk goes in, and everything that it gives comes out before
 * the next one, so that each piece keeps the stamp of the chunk it came in. A bomb stops at the cap.
 */
export interface Inflater {
  readonly push: (bytes: Uint8Array) => Promise<readonly Uint8Array[]>
  readonly end: () => Promise<readonly Uint8Array[]>
  readonly stop: () => void
}

/** Null where nothing is to be done; an unknown coding is read as it is, and then cannot be read. */
export const createInflater = (coding: string | undefined): Inflater | null => {
  const stream = streamFor((coding ?? 'identity').trim().toLowerCase())
  return stream === null ? null : inflaterOver(stream)
}

const streamFor = (coding: string): Gunzip | Inflate | BrotliDecompress | null => {
  if (coding === 'gzip' || coding === 'x-gzip') return createGunzip()
  if (coding === 'deflate') return createInflate()
  return coding === 'br' ? createBrotliDecompress() : null
}

const inflaterOver = (stream: Gunzip | Inflate | BrotliDecompress): Inflater => {
  let out: Uint8Array[] = []
  let sizeBytes = 0
  let broken: Error | null = null
  let onBroken: (error: Error) => void = () => {}
  const give = () => {
    const pieces = out
    out = []
    return pieces
  }
  const breakWith = (error: Error) => {
    broken ??= error
    stream.destroy()
    onBroken(broken)
  }
  stream.on('data', (bytes: Uint8Array) => {
    sizeBytes += bytes.length
    if (sizeBytes > caps.bodyBytes) breakWith(tooLarge())
    else out.push(bytes)
  })
  stream.on('error', breakWith)

  const step = (start: (done: () => void) => void): Promise<readonly Uint8Array[]> =>
    new Promise((resolve, reject) => {
      if (broken !== null) return reject(broken)
      onBroken = reject
      // the last piece of a chunk may be handed over just after the chunk is said to be done
      start(() => setImmediate(() => (broken === null ? resolve(give()) : reject(broken))))
    })

  return {
    push: bytes => step(done => stream.write(bytes, () => done())),
    end: () =>
      step(done => {
        stream.once('end', done)
        stream.end()
      }),
    stop: () => stream.destroy(),
  }
}

export const tooLarge = (): Error => Object.assign(new Error('above the cap'), { code: 'EFBIG' })
