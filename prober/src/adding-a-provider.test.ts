import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createSimulator, type Simulator } from '../../simulator/src/simulator.ts'
import { load, names } from './config/testing/told.ts'
import { measuring, slot } from './testing/measuring.ts'

/** docs/adding-a-provider.md, word for word: one YAML, and it is asked and answers. */

const page = readFileSync(join(import.meta.dirname, '../../docs/adding-a-provider.md'), 'utf8')
const [acme = '', prober = ''] = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, yaml]) => yaml)

let sim: Simulator
beforeAll(async () => {
  sim = await createSimulator({ only: ['litellm'], pace: { firstTokenMs: 2, perTokenMs: 0 } })
})
afterAll(() => sim.close())

test('the provider of the page is asked what the suites ask, and answers', async () => {
  const origin = sim.providers.litellm?.https ?? ''
  const settings = load({
    env: { ACME_LLM_KEY: 'k-1', LLMSTATUS_CA_FILE: '/etc/ca.pem' },
    config: prober.replace('version: 1\n', ''),
    files: { '/etc/acme.yaml': acme.replace('https://llm.acme.example', origin), '/etc/ca.pem': sim.ca },
  })
  expect(names(settings)).toEqual(['acme reachability', 'acme chat'])
  const { measure } = measuring()
  const never = new AbortController().signal
  const lines = await Promise.all(settings.probes.map(probe => measure(probe, slot, never)))
  expect(lines.map(({ probe, outcome, model }) => [probe, outcome, model])).toEqual([
    ['reachability', 'ok', null],
    ['chat', 'ok', 'acme-small'],
  ])
})
