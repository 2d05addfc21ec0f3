import { join } from 'node:path'
import { outcomeCodes } from '@llmstatus/shared/outcome'
import { describe, expect, test } from 'vitest'
import { painter } from '../print/paint.ts'
import { summary } from './summary.ts'
import { type Measured, table } from './table.ts'
import { chat, failed, measured, reachability } from './testing/measured.ts'

/** What a person sees, as text files: look at them when one changes. */
const file = (name: string) => join(import.meta.dirname, 'testdata', `${name}.txt`)

const nowhere = { dns: null, tcp: null, tls: null, sent: null, first_byte: null, first_token: null }
const none = { ...nowhere, first_visible: null, last_byte: null }

const situations: Readonly<Record<string, readonly Measured[]>> = {
  'all-is-well': [
    reachability('anthropic'),
    chat('anthropic', { probe: { model: 'claude-haiku-4-5' }, line: { cost_usd: 0.000049 } }),
    reachability('fireworks'),
    chat('fireworks', {
      probe: { model: 'accounts/fireworks/models/gpt-oss-120b', reasoning: true },
      line: {
        tokens: { in: 24, out: 60, reasoning: 52 },
        chunks: 60,
        us: { ...none, first_token: 312_000, first_visible: 1_020_000, last_byte: 1_150_000 },
        cost_usd: 0.00004,
      },
    }),
    measured({ provider: 'ollama', probe: 'health' }, { us: { ...none, last_byte: 2100 } }),
    measured(
      { provider: 'openai', model: 'text-embedding-3-small', probe: 'embeddings', type: 'embeddings', billed: true },
      { us: { ...none, last_byte: 96_000 }, cost_usd: 0.0000003 },
    ),
    measured(
      { provider: 'db', probe: 'port', type: 'tcp', dialect: 'tcp' },
      { http_status: null, us: { ...none, tcp: 900 } },
    ),
  ],
  'something-is-wrong': [
    failed('anthropic', 'overloaded', { http_status: 529, signal: 'overloaded' }),
    chat('cohere', {
      line: { us: { ...none, first_token: 4_200_000, first_visible: 4_200_000, last_byte: 4_400_000 } },
    }),
    failed('deepseek', 'truncated', {
      signal: 'no_end',
      us: { ...none, first_token: 312_000, first_visible: 312_000, last_byte: 402_000 },
    }),
    failed('fireworks', 'timeout', { operation: 'first_token', errno: 'ETIMEDOUT', http_status: null }),
    reachability('groq', { outcome: 'auth_rejected', http_status: 401, signal: 'invalid_api_key' }),
    failed('groq', 'auth_rejected', { http_status: 401, signal: 'invalid_api_key' }),
    failed('mistral', 'rate_limited', {
      http_status: 429,
      signal: 'rate_limit_exceeded',
      rate_limit: { requests: { limit: 60, remaining: 0, reset_s: 19.4 }, tokens: null },
    }),
    failed('moonshot', 'dns_failed', {
      operation: 'dns',
      errno: 'ENOTFOUND',
      signal: 'never_reached',
      http_status: null,
      us: none,
    }),
    chat('openai', { probe: { model: 'gpt-4.1-nano' } }),
  ],
  'every-outcome': outcomeCodes
    .filter(outcome => outcome !== 'ok')
    .map(outcome => failed(outcome.replaceAll('_', '-'), outcome)),
}

const look = (columns: number, hasColours = false) => ({
  columns,
  paint: painter(hasColours),
  keyNameOf: () => 'ACME_API_KEY',
})

const page = (rows: readonly Measured[], columns: number, hasColours = false): string =>
  [...table(rows, look(columns, hasColours)), '', ...summary(rows, { planned: rows.length, tookMs: 3210 }), ''].join(
    '\n',
  )

const stripped = (text: string): string =>
  text
    .split('\u001b[')
    .map((part, at) => (at === 0 ? part : part.slice(part.indexOf('m') + 1)))
    .join('')

describe.each(Object.entries(situations))('%s', (name, rows) => {
  test.each([80, 120])('at %i columns is as it was', async columns => {
    const text = page(rows, columns)
    await expect(text).toMatchFileSnapshot(file(`${name}-${columns}`))
  })

  test.each([72, 80, 100, 120, 200])('has no line of the table longer than %i columns', columns => {
    const lines = table(rows, look(columns))
    expect(lines.filter(line => line.length > columns)).toEqual([])
  })

  test('says the same without colours', () => {
    const plain = stripped(page(rows, 120, true))
    expect(plain).toBe(page(rows, 120))
  })
})

test('colour repeats the shape', async () => {
  await expect(page(situations['something-is-wrong'] ?? [], 80, true)).toMatchFileSnapshot(file('colours'))
})
