import { pipeline, Readable, type Transform } from 'node:stream'
import { constants, createBrotliCompress, createGzip } from 'node:zlib'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/** Answers as small as whoever asks can take them: brotli, else gzip, piece by piece. */

/** A smaller one fits in one packet anyway. */
const smallestBytes = 1_024

const encodings = ['br', 'gzip'] as const
export type Encoding = (typeof encodings)[number]

/** Quality 4 takes about as long as gzip and is smaller; the highest takes a hundred times as long. */
const encoders: Readonly<Record<Encoding, (sizeBytes: number) => Transform>> = {
  br: sizeBytes =>
    createBrotliCompress({
      params: {
        [constants.BROTLI_PARAM_QUALITY]: 4,
        ...(sizeBytes === 0 ? {} : { [constants.BROTLI_PARAM_SIZE_HINT]: sizeBytes }),
      },
    }),
  gzip: () => createGzip({ level: 6 }),
}

/** The one that is liked best, brotli among equals; null is as it is. */
export const chosenEncoding = (accepted: string | undefined): Encoding | null => {
  const weights = new Map((accepted ?? '').split(',').map(part => weightOf(part)))
  const weight = (name: string): number => weights.get(name) ?? weights.get('*') ?? 0
  const [best] = encodings.toSorted((a, b) => weight(b) - weight(a))
  return best !== undefined && weight(best) > 0 && weight(best) >= (weights.get('identity') ?? 0) ? best : null
}

const weightOf = (part: string): [string, number] => {
  const [name = '', ...parameters] = part.split(';').map(each => each.trim().toLowerCase())
  const q = parameters.find(each => each.startsWith('q='))?.slice(2)
  const weight = q === undefined ? 1 : Number(q)
  return [name, weight >= 0 && weight <= 1 ? weight : 0]
}

const worthwhile = /^(text\/|image\/svg|application\/([\w.+-]*json|x-ndjson|xml|javascript|manifest|[\w.-]+\+xml))/

export const installCompression = (app: FastifyInstance): void => {
  app.addHook('onSend', async (request, reply, payload) => {
    if (!worthwhile.test(String(reply.getHeader('content-type') ?? '')) || reply.hasHeader('content-encoding'))
      return payload
    addVary(reply)
    const encoding = chosenEncoding(request.headers['accept-encoding'])
    return encoding === null ? payload : compressed(request, reply, { payload, encoding })
  })
}

const compressed = (
  { method }: FastifyRequest,
  reply: FastifyReply,
  { payload, encoding }: { readonly payload: unknown; readonly encoding: Encoding },
): unknown => {
  const sizeBytes = sizeOf(payload)
  const isWhole = sizeBytes !== null
  if (method === 'HEAD' || (isWhole && sizeBytes < smallestBytes)) return payload
  if (!isWhole && !(payload instanceof Readable)) return payload
  reply.header('content-encoding', encoding).removeHeader('content-length')
  const source = isWhole
    ? Readable.from([payload as string | Uint8Array], { objectMode: false })
    : (payload as Readable)
  // what breaks on the way breaks the answer too, and fastify sees it there
  return pipeline(source, encoders[encoding](sizeBytes ?? 0), () => undefined)
}

const sizeOf = (payload: unknown): number | null => {
  if (typeof payload === 'string') return Buffer.byteLength(payload)
  return payload instanceof Uint8Array ? payload.byteLength : null
}

const addVary = (reply: FastifyReply): void => {
  const vary = reply.getHeader('vary')
  reply.header('vary', vary === undefined ? 'accept-encoding' : `${String(vary)}, accept-encoding`)
}
