import type { Frame, Framing } from './frame.ts'

/** The whole body is one frame. The transport's cap on a body is what bounds it. */
export const body: Framing = () => {
  let chunks: Uint8Array[] = []
  let lastUs = 0
  return {
    push(bytes, atUs) {
      chunks.push(bytes)
      lastUs = atUs
      return []
    },
    end() {
      const data = new TextDecoder().decode(Buffer.concat(chunks))
      chunks = []
      const frame: Frame = { kind: 'body', event: null, data, atUs: lastUs, cut: false }
      return data === '' ? [] : [frame]
    },
  }
}

/** Where the status alone is the answer, the body is not kept. */
export const discard: Framing = () => ({ push: () => [], end: () => [] })
