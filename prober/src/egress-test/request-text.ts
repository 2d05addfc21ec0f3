/** A request as it was received, byte for byte. */
export interface RequestText {
  /** `POST /v1/chat/completions HTTP/1.1` */
  readonly line: string
  /** `name: value`, each as it was written. */
  readonly headers: readonly string[]
  readonly body: string
}

/** Null while there is more to come. */
export const readRequest = (text: string): RequestText | null => {
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return null
  const [line = '', ...headers] = text.slice(0, end).split('\r\n')
  const body = text.slice(end + 4)
  const length = headers
    .map(header => /^content-length:\s*(\d+)$/i.exec(header)?.[1])
    .find(found => found !== undefined)
  return body.length < Number(length ?? 0) ? null : { line, headers, body }
}

export const answer = (status: number, headers: Readonly<Record<string, string>>, body = ''): string =>
  [
    `HTTP/1.1 ${status} ${status === 200 ? 'OK' : 'Other'}`,
    ...Object.entries({ ...headers, 'content-length': String(Buffer.byteLength(body)), connection: 'close' }).map(
      ([name, value]) => `${name}: ${value}`,
    ),
    '',
    body,
  ].join('\r\n')

/** What a provider would say: the number that it was asked to repeat, or that it has models. */
export const goodAnswer = ({ line, body }: RequestText): string => {
  if (!line.startsWith('POST')) return answer(200, { 'content-type': 'application/json' }, '{"data":[]}')
  const words = messageIn(body)
  const events = [
    { choices: [{ index: 0, delta: { role: 'assistant', content: words } }] },
    { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
    { choices: [], usage: { prompt_tokens: 9, completion_tokens: 4 } },
  ]
  const stream = [...events.map(event => JSON.stringify(event)), '[DONE]'].map(data => `data: ${data}\n\n`).join('')
  return answer(200, { 'content-type': 'text/event-stream' }, stream)
}

const messageIn = (body: string): string => {
  try {
    const { messages } = JSON.parse(body) as { messages?: readonly { content?: unknown }[] }
    return String(messages?.at(-1)?.content ?? '')
  } catch {
    return ''
  }
}
