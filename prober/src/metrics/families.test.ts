import { exposition } from '@llmstatus/shared/exposition'
import type { SkipLine } from '@llmstatus/shared/result'
import { expect, test } from 'vitest'
import { okLine, testProbe } from '../../test/test-probe.ts'
import { createCounts } from './counts.ts'
import { families, type Present, processFamilies } from './families.ts'

const present: Present = {
  version: '1.2.3',
  ready: true,
  standing: 'approved',
  vantage: 'online',
  endpoints: 2,
  definitions: null,
  spool: { sizeBytes: 1000, waitingSinceMs: 1500, keptBytes: 500, maxBytes: 4000, writable: true },
  budget: [],
  process: { startedMs: 5000, cpuS: 1.5, residentBytes: 70_000_000 },
}

const probe = testProbe()
const line = () => okLine(probe, { id: 'a', slotMs: 0, why: 'schedule' }, 0)
const skipped = (skip: SkipLine['skip'], count?: number) =>
  ({ skip, ...(count === undefined ? {} : { count }) }) as unknown as SkipLine

const textOf = (counts: ReturnType<typeof createCounts>) => exposition('x_', families(counts.soFar(), present))

test('probes are counted by outcome, and a skip that stands for many as many', () => {
  const counts = createCounts()
  for (const each of [line(), line(), { ...line(), outcome: 'timeout' as const }]) counts.ended(each)
  counts.ended(skipped('budget_spent'))
  counts.ended(skipped('not_running', 40))
  const text = textOf(counts)
  const labels = `provider="${probe.provider}",probe="${probe.probe}"`
  expect(text).toContain(`x_results_total{${labels},outcome="ok"} 2\n`)
  expect(text).toContain(`x_results_total{${labels},outcome="timeout"} 1\n`)
  expect(text).toContain('x_skipped_slots_total{reason="budget_spent"} 1\n')
  expect(text).toContain('x_skipped_slots_total{reason="not_running"} 40\n')
})

test('what an attempt to send became is counted, and a receipt has its time', () => {
  const counts = createCounts()
  expect(textOf(counts)).not.toContain('last_accepted')
  counts.sent('failed', 1000)
  counts.sent('accepted', 2500)
  counts.sent('failed', 3000)
  const text = textOf(counts)
  expect(text).toContain('x_sends_total{result="failed"} 2\n')
  expect(text).toContain('x_sends_total{result="accepted"} 1\n')
  expect(text).toContain('x_last_accepted_timestamp_seconds 2.5\n')
})

test('what a day may cost stands beside what it has cost, for each key and for all of them', () => {
  const budget = [
    { credential: 'main', provider: 'openai', spentUsd: 0.25, limitUsd: 0.5 },
    { credential: 'groq', provider: 'groq', spentUsd: 0.125, limitUsd: null },
    { credential: null, provider: null, spentUsd: 0.375, limitUsd: 1 },
  ]
  const text = exposition('x_', families(createCounts().soFar(), { ...present, budget }))
  expect(text).toContain('x_budget_spent_usd{credential="main",provider="openai"} 0.25\n')
  expect(text).toContain('x_budget_spent_usd{credential="groq",provider="groq"} 0.125\n')
  expect(text).toContain('x_budget_limit_usd{credential="main",provider="openai"} 0.5\n')
  expect(text).not.toContain('x_budget_limit_usd{credential="groq"')
  expect(text).toContain('x_budget_all_keys_spent_usd 0.375\n')
  expect(text).toContain('x_budget_all_keys_limit_usd 1\n')
})

test('definitions from outside are counted where there are some, with the time at which they are stale', () => {
  const counted = createCounts().soFar()
  expect(exposition('x_', families(counted, present))).not.toContain('remote_definitions')
  const definitions = { expiresMs: 9000, running: 3, refused: 1 }
  const text = exposition('x_', families(counted, { ...present, definitions }))
  expect(text).toContain('x_remote_definitions{state="running"} 3\n')
  expect(text).toContain('x_remote_definitions{state="refused"} 1\n')
  expect(text).toContain('x_remote_definitions_expiry_timestamp_seconds 9\n')
})

test('results that are lost are counted by the reason of their gap record', () => {
  const counts = createCounts()
  counts.lost({ reason: 'spool_full', lost: 7 })
  counts.lost({ reason: 'spool_full', lost: 1 })
  expect(textOf(counts)).toContain('x_lost_results_total{reason="spool_full"} 8\n')
})

test('how late the loop was is a histogram in seconds', () => {
  const counts = createCounts()
  counts.ended({ ...line(), loop_delay_us: 4000, uncertainty_us: 30_000 })
  const text = textOf(counts)
  expect(text).toContain('x_loop_delay_seconds_bucket{le="0.002"} 0\n')
  expect(text).toContain('x_loop_delay_seconds_bucket{le="0.005"} 1\n')
  expect(text).toContain('x_uncertainty_seconds_sum 0.03\n')
})

test('what waits for a receipt has the time since it does', () => {
  expect(textOf(createCounts())).toContain('x_spool_waiting_since_timestamp_seconds 1.5\n')
  const spool = { ...present.spool, sizeBytes: 0, maxBytes: 1, keptBytes: 0, writable: true, waitingSinceMs: null }
  const text = exposition('x_', families(createCounts().soFar(), { ...present, spool }))
  expect(text).not.toContain('waiting_since')
})

test('a prober that still starts has no spool to speak of', () => {
  const text = exposition('x_', families(createCounts().soFar(), { ...present, ready: false, spool: null }))
  expect(text).toContain('x_ready 0\n')
  expect(text).not.toContain('spool')
})

test('every line is a comment or a sample', () => {
  const counts = createCounts()
  counts.ended(line())
  const text = textOf(counts) + exposition('process_', processFamilies(present))
  for (const each of text.trimEnd().split('\n'))
    expect(each).toMatch(/^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[a-z_]+="[^"]*"(,[a-z_]+="[^"]*")*\})? -?[0-9.e+-]+)$/)
  expect(text).toContain('process_resident_memory_bytes 70000000\n')
})
