import type { Simulator } from '../simulator.ts'
import { type Ask, askRaw, type Seen } from './raw-client.ts'

/** Asks a simulated OpenAI what the tests ask, over a raw client. */

export const counted = Array.from({ length: 20 }, (_, i) => i + 1).join(', ')

export const chat = (more: object = {}) => ({
  path: '/v1/chat/completions',
  headers: { authorization: 'Bearer sk-test' },
  body: {
    model: 'gpt-4.1-nano',
    stream: true,
    messages: [{ role: 'user', content: 'Count from 1 to 20.' }],
    ...more,
  },
})

export const asking = (sim: () => Simulator) => {
  const at = (id = 'openai', scheme: 'http' | 'https' = 'http'): string => sim().providers[id]?.[scheme] ?? ''
  const key = { authorization: 'Bearer sk-test' }
  return {
    at,
    stream: (more: Partial<Ask> = {}) => askRaw(at(), { ...chat(), ...more }),
    answer: (more: Partial<Ask> = {}) => askRaw(at(), { ...chat({ stream: false }), ...more }),
    listing: (more: Partial<Ask> = {}) => askRaw(at(), { path: '/v1/models', headers: key, ...more }),
    secured: (more: Partial<Ask> = {}) => askRaw(at('openai', 'https'), { ...chat(), ca: sim().ca, ...more }),
  }
}

export const text = (seen: Seen): string => seen.body.toString()

interface Chunk {
  readonly choices: readonly { readonly delta: { readonly content?: string }; readonly finish_reason: string | null }[]
  readonly error?: unknown
}

export const chunks = (seen: Seen): readonly Chunk[] =>
  [...text(seen).matchAll(/^data: (\{.*\})$/gm)].map(([, json]) => JSON.parse(json ?? ''))

export const said = (seen: Seen): string =>
  chunks(seen)
    .map(chunk => chunk.choices?.[0]?.delta.content ?? '')
    .join('')

/** Of the shapes that answers have, all that the tests look at. */
interface Loose {
  readonly choices: readonly { readonly message: { readonly content: string } }[]
  readonly data: readonly { readonly id: string; readonly embedding: readonly number[] }[]
  readonly error: { readonly code: string; readonly type: string }
}
export const json = (seen: Seen): Loose => JSON.parse(text(seen))
