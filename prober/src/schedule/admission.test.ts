import type { ResultLine, SkipLine } from '@llmstatus/shared/result'
import { describe, expect, test } from 'vitest'
import { createDisk } from '../../test/crash-disk.ts'
import { createFakeClock } from '../../test/fake-clock.ts'
import { okLine, testProbe } from '../../test/test-probe.ts'
import { openBudget } from '../budget/budget.ts'
import { createFollowUps } from '../follow-up/follow-ups.ts'
import type { Log } from '../log.ts'
import type { Measure } from '../probe.ts'
import { admitAll, hearAll } from './admission.ts'
import { endpointKey, planOf, slotsBetween } from './plan.ts'
import { startSchedule } from './run-schedule.ts'

const minute = 60_000
const hour = 60 * minute
const startMs = Date.UTC(2026, 2, 28, 20)
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined } as unknown as Log

const chat = testProbe({
  provider: 'openai',
  model: 'm',
  probe: 'chat',
  type: 'chat',
  everyMs: 5 * minute,
  timeoutMs: 30_000,
  billed: true,
  // a cent for each call
  price: { input: 0, output: 100 },
  question: { model: 'm', system: null, messages: [], maxTokens: 100, stream: true, reasoning: false },
})
const listing = testProbe()
const probes = [listing, chat]

/** Schedule, budget and follow-ups as they are, with a provider whose chat is down for the first hour. */
const run = async ({ usdPerDay, hours }: { readonly usdPerDay: number; readonly hours: number }) => {
  const fake = createFakeClock(startMs)
  const said: (ResultLine | SkipLine)[] = []
  const budget = await openBudget({
    files: createDisk().files,
    probes: () => probes,
    limits: () => ({ usdPerDay, credentials: [] }),
    clock: fake.clock,
    log: quiet,
  })
  const followUps = createFollowUps({ probes: () => probes, seed: 'seed', clock: fake.clock, usual: new Map() })
  const measure: Measure = async (probe, slot) => {
    const atMs = fake.clock.nowMs()
    await fake.wait(300)
    const isDown = probe === chat && atMs < startMs + hour
    const cost_usd = probe.billed && !isDown ? 0.001 : null
    return { ...okLine(probe, slot, atMs), outcome: isDown ? 'overloaded' : 'ok', cost_usd }
  }
  const schedule = startSchedule({
    probes,
    seed: 'seed',
    sinceMs: startMs,
    mostAtOnce: 16,
    clock: fake.clock,
    wait: fake.wait,
    newId: () => '1',
    admit: admitAll([budget.admit]),
    measure,
    ended: hearAll([budget.ended, followUps.ended]),
    say: async lines => void said.push(...lines),
  })
  await fake.pass(hours * hour)
  const stopped = schedule.stop(5000)
  await fake.pass(5000)
  await stopped
  const of = (why: string, what: string) =>
    said.filter(line => line.why === why && line.model === 'm' && ('skip' in line ? line.skip : line.outcome) === what)
  return { said, of, spentUsd: () => budget.status().at(-1)?.spentUsd ?? 0 }
}

describe('schedule, budget and follow-ups together', () => {
  test('every planned slot ends as exactly one line, in their order, whatever is looked at or spent meanwhile', async () => {
    const { said } = await run({ usdPerDay: 0.5, hours: 3 })
    for (const probe of probes) {
      const mine = said.filter(line => line.why === 'schedule' && endpointKey(line) === endpointKey(probe))
      const slots = mine.map(({ slot }) => Date.parse(slot))
      expect(slots).toEqual(slots.toSorted((a, b) => a - b))
      expect(new Set(slots).size).toBe(mine.length)
      expect(slotsBetween(planOf(probe, 'seed'), startMs, startMs + 3 * hour)?.count).toBe(mine.length)
    }
  })

  test('an outage is looked at every 20 s, and leaves the plan what it needs for the rest of the day', async () => {
    const { of, spentUsd } = await run({ usdPerDay: 1, hours: 3.9 })
    expect(of('followup', 'overloaded').length).toBeGreaterThan(20)
    expect(of('followup', 'budget_spent').length).toBeGreaterThan(10)
    expect(of('schedule', 'budget_spent')).toEqual([])
    expect(of('schedule', 'ok').length).toBeGreaterThan(33)
    expect(spentUsd()).toBeLessThanOrEqual(1)
  })

  test('a budget that is spent leaves the listing alone, and the next day begins with a new one', async () => {
    const { said, of } = await run({ usdPerDay: 0.05, hours: 6 })
    expect(of('schedule', 'overloaded')).toHaveLength(5)
    expect(of('schedule', 'budget_spent').length).toBeGreaterThan(40)
    expect(said.filter(line => line.model === null && 'skip' in line)).toEqual([])
    const midnight = new Date(startMs + 4 * hour).toISOString()
    expect(of('schedule', 'ok').every(({ slot }) => slot > midnight)).toBe(true)
    expect(of('schedule', 'ok').length).toBeGreaterThan(20)
  })
})
