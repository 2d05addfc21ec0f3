import { sealDefinitionSet } from '@llmstatus/shared/definition-set'
import { keyFromSeed } from '@llmstatus/shared/identity'
import { instant } from '@llmstatus/shared/ids'
import { describe, expect, test } from 'vitest'
import { createDisk } from '../test/crash-disk.ts'
import { load, openai, type Told } from './config/testing/told.ts'
import { nameOf } from './config/what-changed.ts'
import type { Log } from './log.ts'
import { openPlan, type Put } from './plan-in-force.ts'

const startMs = Date.UTC(2026, 5, 1)
const publisher = await keyFromSeed(new Uint8Array(32).fill(7))
const aggregator = await keyFromSeed(new Uint8Array(32).fill(8))
const accepting = `remote_definitions: { accept: true, keys: [aggregator, "ed25519:${publisher.jwk.x}"] }\n`

const chat = (name: string, more: object = {}) => ({
  provider: 'openai',
  model: 'gpt-4.1-nano',
  probe_type: 'chat',
  name,
  request: { messages: [{ role: 'user', content: 'What is 2 + 2?' }] },
  expected: { max_tokens: 10 },
  ...more,
})
const seal = (version: number, definitions: readonly Record<string, unknown>[], by = publisher) =>
  sealDefinitionSet([by], { version, expires: instant(startMs + 86_400_000), definitions })

const begin = async (told: Told, disk = createDisk()) => {
  const said: { words: string; fields: Record<string, unknown> }[] = []
  const note = (fields: Record<string, unknown>, words: string) => void said.push({ words, fields })
  const puts: Parameters<Put>[0][] = []
  const plan = await openPlan({
    settings: load(told),
    aggregatorKeys: async () => [aggregator],
    files: disk.files,
    clock: { nowMs: () => startMs, monoUs: () => 0 },
    log: { debug: () => undefined, info: note, warn: note, error: note } as unknown as Log,
  })
  plan.onChange(put => puts.push(put))
  return { ...plan, disk, said, puts, names: () => plan.probes().map(nameOf) }
}

const own = ['openai reachability', 'openai gpt-4.1-nano chat']

describe('the plan in force', () => {
  test('is what is configured, with what came from outside beside it', async () => {
    const run = await begin({ env: openai, config: accepting })
    expect(run.names()).toEqual(own)
    await run.offer(await seal(1, [chat('sums'), chat('more')]))
    expect(run.names()).toEqual([...own, 'openai gpt-4.1-nano sums', 'openai gpt-4.1-nano more'])
    expect(run.puts.map(({ added }) => added.map(nameOf))).toEqual([
      ['openai gpt-4.1-nano sums', 'openai gpt-4.1-nano more'],
    ])
    await run.offer(await seal(2, [chat('more')], aggregator))
    expect(run.names()).toEqual([...own, 'openai gpt-4.1-nano more'])
    expect(run.puts[1]?.added).toEqual([])
  })

  test('is found again by a restart', async () => {
    const first = await begin({ env: openai, config: accepting })
    await first.offer(await seal(1, [chat('sums')]))
    const second = await begin({ env: openai, config: accepting }, first.disk)
    expect(second.names()).toEqual(first.names())
    expect(second.text().join('\n')).toContain('version 1, good until 2026-06-02T00:00:00.000Z; 1 of 1 run here')
  })

  test('is not touched by a set that is refused', async () => {
    const run = await begin({ env: openai, config: 'remote_definitions: { accept: true, keys: [aggregator] }\n' })
    expect(await run.offer(await seal(1, [chat('sums')]))).toMatchObject({ reason: 'untrusted_key' })
    expect([run.names(), run.puts]).toEqual([own, []])
  })

  test('runs the good ones of a set and names the others, those for another prober aside', async () => {
    const run = await begin({ env: openai, config: accepting })
    await run.offer(await seal(1, [chat('a', { headers: {} }), chat('b', { provider: 'anthropic' }), chat('c')]))
    expect(run.names()).toEqual([...own, 'openai gpt-4.1-nano c'])
    expect(run.said.slice(1)).toEqual([
      {
        words: 'a definition from outside does not run here',
        fields: { definition: '#1 openai gpt-4.1-nano a', reason: 'invalid', what: 'headers: is not a known key' },
      },
    ])
  })

  test('changes with a key that was rotated, and says nothing of either', async () => {
    const run = await begin({ env: openai })
    await run.configure(load({ env: { OPENAI_API_KEY: 'sk-openai-2' } }))
    expect(run.puts).toHaveLength(1)
    expect(run.said).toEqual([
      { words: 'configuration read again', fields: { added: [], removed: [], changed: own, also: [] } },
    ])
    expect(JSON.stringify(run.said)).not.toContain('sk-')
  })

  test('says what else counts at once', async () => {
    const run = await begin({ env: openai, config: accepting })
    await run.configure(
      load({
        env: { ...openai, LLMSTATUS_BUDGET_USD_PER_DAY: '7' },
        config: 'remote_definitions: { accept: true, keys: [aggregator] }\n',
      }),
    )
    expect(run.said.map(({ words, fields }) => [words, fields.also])).toEqual([
      ['configuration read again', ['the daily budget', 'who may send definitions']],
    ])
  })

  test('stays as it is where nothing was changed, and somebody who asked is told', async () => {
    const run = await begin({ env: openai })
    await run.configure(load({ env: openai }))
    expect(run.puts).toEqual([])
    expect(run.said.map(({ words }) => words)).toEqual(['configuration read again, nothing to change'])
  })

  test('says what of a new configuration waits for a restart', async () => {
    const run = await begin({ env: openai })
    await run.configure(load({ env: { ...openai, LLMSTATUS_DATA_DIR: '/other', LLMSTATUS_HEALTH_PORT: '9' } }))
    expect(run.said[0]).toEqual({
      words: 'some of the configuration counts after a restart',
      fields: { needs_a_restart: ['the data folder', 'the health address'] },
    })
  })

  test('loses what came from outside when that is not accepted any more, and has it again when it is', async () => {
    const told = { env: openai, config: accepting }
    const run = await begin(told)
    await run.offer(await seal(5, [chat('sums')]))
    await run.configure(load({ env: openai }))
    expect([run.names(), run.accepts()]).toEqual([own, false])
    await run.configure(load(told))
    expect(run.names()).toEqual([...own, 'openai gpt-4.1-nano sums'])
    expect(await run.offer(await seal(4, []))).toMatchObject({ reason: 'rolled_back' })
  })

  test('makes room for a local probe of the same name', async () => {
    const run = await begin({ env: openai, config: accepting })
    await run.offer(await seal(1, [chat('sums')]))
    const files = { '/etc/sums.yaml': JSON.stringify(chat('sums', { every: '1h' })) }
    await run.configure(load({ env: openai, config: `${accepting}probes: [sums.yaml]\n`, files }))
    const [sums, ...others] = run.probes().filter(({ probe }) => probe === 'sums')
    expect([sums?.everyMs, others]).toEqual([3_600_000, []])
    expect(run.text().join('\n')).toContain('#1 openai gpt-4.1-nano sums from outside does not run (name_taken)')
  })
})
