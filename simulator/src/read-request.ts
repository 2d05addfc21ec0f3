import type { IncomingMessage } from 'node:http'
import type { Request } from './respond.ts'

const maxBodyBytes = 1 << 20

/** Null: the client went away before it had asked. */
export const readRequest = async (message: IncomingMessage): Promise<Request | null> => {
  const chunks: Buffer[] = []
  let sizeBytes = 0
  try {
    for await (const chunk of message as AsyncIterable<Buffer>) {
      sizeBytes += chunk.length
      if (sizeBytes <= maxBodyBytes) chunks.push(chunk)
    }
  } catch {
    return null
  }
  const url = URL.parse(message.url ?? '/', 'http://simulator')
  if (url === null) return null
  return {
    method: message.method ?? 'GET',
    url,
    header: name => [message.headers[name] ?? []].flat()[0],
    body: sizeBytes > maxBodyBytes ? null : Buffer.concat(chunks).toString(),
  }
}
