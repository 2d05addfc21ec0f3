import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { painter } from '../print/paint.ts'
import { probeTable, providerTable } from './list.ts'
import type { ProbeRow } from './probes.ts'
import type { ProviderRow } from './providers.ts'

/** What a person sees, as text files: look at them when one changes. */
const file = (name: string) => join(import.meta.dirname, 'testdata', `${name}.txt`)

const provider = (row: Partial<ProviderRow>): ProviderRow => ({
  id: 'acme',
  name: 'Acme',
  kind: 'hosted',
  key: 'keyless',
  dialect: 'openai',
  model: 'small-1',
  price: { input: 0.1, output: 0.4, as_of: '2026-07-02', stale: false },
  suites_usd_per_day: { reachability: 0, standard: 0.0019008, full: 0.017 },
  unverified: [],
  ...row,
})
const providers = [
  provider({ id: 'anthropic', key: 'keyed', model: 'claude-haiku-4-5' }),
  provider({ id: 'cohere', price: { input: 0.0375, output: 0.15, as_of: '2025-12-10', stale: true } }),
  provider({ id: 'fireworks', model: 'accounts/fireworks/models/gpt-oss-120b' }),
  provider({
    id: 'nobody_knows',
    price: { input: null, output: 1, as_of: '2026-07-02', stale: false },
    suites_usd_per_day: { reachability: 0, standard: null, full: null },
  }),
  provider({
    id: 'ollama',
    kind: 'self_hosted',
    model: null,
    price: null,
    suites_usd_per_day: { reachability: 0, standard: 0, full: 0 },
  }),
]

const probe = (row: Partial<ProbeRow>): ProbeRow => ({
  provider: 'acme',
  model: 'small-1',
  probe: 'chat',
  type: 'chat',
  dialect: 'openai',
  key: 'keyed',
  every_ms: 300_000,
  timeout_ms: 30_000,
  billed: true,
  price: { input: 0.1, output: 0.4, as_of: '2026-07-02', stale: false },
  usd_per_day: 0.0019008,
  ...row,
})
const probes = [
  probe({ model: null, probe: 'reachability', every_ms: 60_000, price: null, usd_per_day: 0 }),
  probe({ model: 'accounts/fireworks/models/gpt-oss-120b' }),
  probe({ probe: 'chat-medium', every_ms: 900_000, price: { input: 1, output: 5, as_of: '2025-12-10', stale: true } }),
  probe({ provider: 'unpriced', price: null, usd_per_day: null }),
  probe({
    provider: 'ollama',
    model: null,
    probe: 'health',
    key: 'keyless',
    every_ms: 30_000,
    price: null,
    usd_per_day: 0,
  }),
]

describe.each([
  ['providers', (columns: number) => providerTable(providers, { columns, paint: painter(false) })],
  ['probes', (columns: number) => probeTable(probes, { columns, paint: painter(false) })],
])('the list of %s', (name, table) => {
  test.each([80, 120])('at %i columns is as it was', async columns => {
    await expect(`${table(columns).join('\n')}\n`).toMatchFileSnapshot(file(`${name}-${columns}`))
  })

  test('fits its screen', () => {
    for (const columns of [80, 100, 160]) expect(table(columns).filter(line => line.length > columns)).toEqual([])
  })
})

test('an old price is marked, and the mark explained only where there is one', () => {
  const look = { columns: 120, paint: painter(false) }
  expect(providerTable(providers, look).join('\n')).toContain('2025-12-10 !')
  expect(providerTable(providers, look).at(-1)).toContain('more than 120 days ago')
  expect(providerTable(providers.slice(0, 1), look).join('\n')).not.toContain('120 days')
})
