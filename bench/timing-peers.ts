import OpenAI from 'openai'
import type { Timed } from './timing-join.ts'

/** The same question as others would ask it, with the clock that they would use. Each stream has its own connection. */

export type Client = (model: string) => Promise<Timed>

export interface PeerDeps {
  readonly origin: string
  readonly monoUs: () => number
}

export const prompt = 'Count from 1 to 24.'
export const maxTokens = 500

const bodyFor = (model: string) => ({
  model,
  messages: [{ role: 'user' as const, content: prompt }],
  max_tokens: maxTokens,
  stream: true as const,
  stream_options: { include_usage: true },
})

const cold = { connection: 'close' }

export const openaiClient = ({ origin, monoUs }: PeerDeps): Client => {
  const client = new OpenAI({ apiKey: 'any', baseURL: `${origin}/v1`, maxRetries: 0, defaultHeaders: cold })
  return async model => {
    const startedUs = monoUs()
    let firstTokenUs: number | null = null
    const stream = await client.chat.completions.create(bodyFor(model))
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content) firstTokenUs ??= monoUs()
    return { model, startedUs, firstTokenUs: firstTokenUs ?? Number.NaN, endUs: monoUs() }
  }
}

export const plainFetch =
  ({ origin, monoUs }: PeerDeps): Client =>
  async model => {
    const startedUs = monoUs()
    let firstTokenUs: number | null = null
    const response = await fetch(`${origin}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...cold },
      body: JSON.stringify(bodyFor(model)),
    })
    for await (const data of eventsOf(response)) if (hasText(data)) firstTokenUs ??= monoUs()
    return { model, startedUs, firstTokenUs: firstTokenUs ?? Number.NaN, endUs: monoUs() }
  }

/** Server-sent events as they are read in a few lines: enough for a provider in good health. */
async function* eventsOf(response: Response): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const bytes of response.body ?? []) {
    const events = (rest + decoder.decode(bytes, { stream: true })).split('\n\n')
    rest = events.pop() ?? ''
    yield* events.map(event => event.replace(/^data: /, ''))
  }
}

const hasText = (data: string): boolean => {
  if (data === '[DONE]') return false
  const chunk = JSON.parse(data) as { choices?: readonly { delta?: { content?: string } }[] }
  return Boolean(chunk.choices?.[0]?.delta?.content)
}
