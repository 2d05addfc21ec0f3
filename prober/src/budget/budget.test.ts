import type { ResultLine } from '@llmstatus/shared/result'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createDisk } from '../../test/crash-disk.ts'
import { okLine, testProbe } from '../../test/test-probe.ts'
import type { Log } from '../log.ts'
import type { Probe } from '../probe.ts'
import { oneSlot, skipLine } from '../schedule/lines.ts'
import { boundNano } from './bound.ts'
import { openBudget } from './budget.ts'
import type { BudgetLimits } from './limits.ts'

const day = 86_400_000
const startMs = Date.UTC(2026, 2, 28, 12)

const chatOf = (provider: string, over: Partial<Probe> = {}): Probe =>
  testProbe({
    provider,
    model: 'm',
    probe: 'chat',
    type: 'chat',
    everyMs: 300_000,
    billed: true,
    credential: { ...testProbe().credential, name: provider, provider },
    question: {
      model: 'm',
      system: null,
      messages: [{ role: 'user', content: 'x'.repeat(270) }],
      maxTokens: 100,
      stream: true,
      reasoning: false,
    },
    // 100 tokens in, 100 out: a tenth of a cent each
    price: { input: 10, output: 10 },
    ...over,
  })
const chat = chatOf('openai')
const boundUsd = 0.002
const listing = testProbe({ credential: chat.credential })

const limitsOf = (over: Partial<BudgetLimits> = {}): BudgetLimits => ({ usdPerDay: 1, credentials: [], ...over })
const ofOpenai = (over: { readonly usdPerDay?: number; readonly requestsPerMinute?: number }): BudgetLimits =>
  limitsOf({
    usdPerDay: 1000,
    credentials: [{ name: 'openai', provider: 'openai', usdPerDay: null, requestsPerMinute: null, ...over }],
  })

interface World {
  readonly disk?: ReturnType<typeof createDisk>
  readonly limits?: BudgetLimits
  readonly probes?: readonly Probe[]
  readonly nowMs?: number
}

const open = async ({
  disk = createDisk(),
  limits = limitsOf(),
  probes = [chat, listing],
  nowMs = startMs,
}: World = {}) => {
  const time = { nowMs, monoMs: 0 }
  const said: string[] = []
  const note = (...args: readonly unknown[]) => void said.push(String(args.at(-1)))
  const budget = await openBudget({
    files: disk.files,
    probes: () => probes,
    limits: () => limits,
    clock: { nowMs: () => time.nowMs, monoUs: () => time.monoMs * 1000 },
    log: { info: note, warn: note, error: note } as unknown as Log,
  })
  const pass = (ms: number) => {
    time.nowMs += ms
    time.monoMs += ms
  }
  const end = (probe: Probe, over: Partial<ResultLine> = {}) =>
    void budget.ended(probe, {
      ...okLine(probe, { id: '1', slotMs: time.nowMs, why: 'schedule' }, time.nowMs),
      ...over,
    })
  const spentUsd = () => budget.status().at(-1)?.spentUsd ?? Number.NaN
  /** How many of so many slots may start; each costs what it may cost. */
  const started = async (probe: Probe, slots: number) => {
    let count = 0
    for (let i = 0; i < slots; i++) {
      if ((await budget.admit(probe, 'schedule')) !== null) continue
      count++
      end(probe)
    }
    return count
  }
  return { ...budget, disk, time, said, pass, end, spentUsd, started }
}

describe('a budget', () => {
  test('is what calls may cost at most, until they say what they did cost', async () => {
    const { admit, end, spentUsd } = await open()
    expect(await admit(chat, 'schedule')).toBeNull()
    expect(spentUsd()).toBe(boundUsd)
    end(chat, { cost_usd: 0.0005 })
    expect(spentUsd()).toBe(0.0005)
    await admit(chat, 'schedule')
    end(chat, { cost_usd: null })
    expect(spentUsd()).toBe(0.0025)
  })

  test('that is spent makes skips of what is billed, says so once, and reachability goes on', async () => {
    const { started, admit, said } = await open({ limits: limitsOf({ usdPerDay: 3 * boundUsd }) })
    expect(await started(chat, 10)).toBe(3)
    expect(await admit(chat, 'schedule')).toBe('budget_spent')
    expect(await admit(listing, 'schedule')).toBeNull()
    expect(said).toEqual(['the budget is spent: what is billed is skipped until midnight UTC, reachability goes on'])
  })

  test('of one key is that key’s, and the one over all of them holds beside it', async () => {
    const anthropic = chatOf('anthropic')
    const own = { name: 'openai', provider: 'openai', usdPerDay: 2 * boundUsd, requestsPerMinute: null }
    const { started, status } = await open({
      limits: { usdPerDay: 5 * boundUsd, credentials: [own] },
      probes: [chat, anthropic],
    })
    expect(await started(chat, 5)).toBe(2)
    expect(await started(anthropic, 5)).toBe(3)
    expect(status()).toMatchObject([
      { credential: 'openai', spentUsd: 0.004, limitUsd: 0.004 },
      { credential: 'anthropic', spentUsd: 0.006, limitUsd: null },
      { credential: null, spentUsd: 0.01, limitUsd: 0.01 },
    ])
  })

  test('is paid from by boot slots too', async () => {
    const { admit, spentUsd } = await open()
    await admit(chat, 'boot')
    expect(spentUsd()).toBe(boundUsd)
  })

  test('of nothing lets nothing billed out, not even what is free', async () => {
    const { admit } = await open({ limits: limitsOf({ usdPerDay: 0 }) })
    expect(await admit(chat, 'schedule')).toBe('budget_spent')
    expect(await admit({ ...chat, price: { input: 0, output: 0 } }, 'schedule')).toBe('budget_spent')
    expect(await admit(listing, 'schedule')).toBeNull()
  })

  test('takes a price that is not known for a dear one', async () => {
    const known = boundNano(chat)
    for (const price of [
      null,
      { input: Number.NaN, output: 1 },
      { input: -1, output: 1 },
      { input: 1, output: Number.POSITIVE_INFINITY },
    ])
      expect(boundNano({ ...chat, price })).toBeGreaterThan(known)
    expect(boundNano({ ...chat, question: null })).toBeGreaterThan(known)
    expect(boundNano({ ...chat, billed: false, price: null })).toBe(0)
  })

  test('is not spent by what never left', async () => {
    const { admit, end, spentUsd } = await open()
    const { us } = okLine(chat, { id: '1', slotMs: 0, why: 'schedule' }, 0)
    await admit(chat, 'schedule')
    end(chat, { outcome: 'connect_failed', us: { ...us, sent: null } })
    expect(spentUsd()).toBe(0)
    await admit(chat, 'schedule')
    end(chat, { outcome: 'timeout' })
    expect(spentUsd()).toBe(boundUsd)
  })

  test('has paid for a call that was cut off, and for one whose result comes after a skip of its endpoint', async () => {
    const { admit, ended, end, spentUsd } = await open()
    await admit(chat, 'schedule')
    const skipped = (skip: 'overrun' | 'shutting_down') =>
      ended(chat, skipLine('1', { probe: chat, skip, why: 'schedule', run: oneSlot(startMs) }))
    skipped('overrun')
    expect(spentUsd()).toBe(boundUsd)
    end(chat, { cost_usd: 0.0005 })
    await admit(chat, 'schedule')
    skipped('shutting_down')
    expect(spentUsd()).toBe(0.0005 + boundUsd)
  })

  test('keeps what the plan will need from follow-ups, going by what calls did cost', async () => {
    // half a day is left, with 144 calls: 0.288 $ at most
    const limits = limitsOf({ usdPerDay: 0.2 })
    const { admit, end } = await open({ limits, probes: [chat] })
    expect(await admit(chat, 'followup')).toBe('budget_spent')
    expect(await admit(chat, 'schedule')).toBeNull()
    end(chat, { cost_usd: boundUsd / 2 })
    expect(await admit(chat, 'followup')).toBeNull()
  })
})

describe('a day of it', () => {
  const limits = limitsOf({ usdPerDay: 3 * boundUsd })

  test('ends at midnight UTC, and what was under way then belongs to the day before', async () => {
    const { started, admit, end, pass, spentUsd } = await open({ limits })
    expect(await started(chat, 2)).toBe(2)
    await admit(chat, 'schedule')
    pass(day / 2)
    expect(spentUsd()).toBe(0)
    end(chat, { cost_usd: 5 })
    expect(spentUsd()).toBe(0)
    expect(await started(chat, 5)).toBe(3)
  })

  test('comes back spent where the clock is set back to it', async () => {
    const { started, time } = await open({ limits })
    expect(await started(chat, 5)).toBe(3)
    time.nowMs += day
    expect(await started(chat, 1)).toBe(1)
    for (let i = 0; i < 6; i++) {
      time.nowMs += i % 2 === 0 ? -day : day
      await started(chat, 5)
    }
    time.nowMs = startMs
    expect(await started(chat, 5)).toBe(0)
  })

  test('is never longer for a clock that was a year ahead', async () => {
    const { started, time } = await open({ limits, nowMs: startMs + 365 * day })
    expect(await started(chat, 5)).toBe(3)
    time.nowMs = startMs
    expect(await started(chat, 5)).toBe(3)
    time.nowMs += day
    expect(await started(chat, 5)).toBe(3)
  })
})

describe('requests a minute', () => {
  const limits = ofOpenai({ requestsPerMinute: 3 })

  test('are those of a key, whatever they ask; one more is a skip', async () => {
    const { admit, pass, started } = await open({ limits })
    expect(await admit(listing, 'schedule')).toBeNull()
    expect(await started(chat, 5)).toBe(2)
    expect(await admit(listing, 'schedule')).toBe('budget_spent')
    pass(59_999)
    expect(await admit(chat, 'schedule')).toBe('budget_spent')
    pass(1)
    expect(await admit(chat, 'schedule')).toBeNull()
  })

  test('on a warm connection count two, and where only one is left nothing is asked', async () => {
    const warm = { ...chat, model: 'warm', warmUp: { method: 'GET', path: '/v1/models', keyed: true } as const }
    const { admit, status, pass } = await open({ limits, probes: [chat, warm] })
    expect(await admit(warm, 'schedule')).toBeNull()
    expect(status()[0]?.requestsLastMinute).toBe(2)
    expect(await admit(warm, 'schedule')).toBe('budget_spent')
    expect(await admit(chat, 'schedule')).toBeNull()
    pass(60_000)
    expect(await admit(warm, 'schedule')).toBeNull()
  })

  test('no clock that is set gives a minute twice, or makes one longer', async () => {
    const { started, time } = await open({ limits })
    expect(await started(chat, 5)).toBe(3)
    time.nowMs += day
    expect(await started(chat, 5)).toBe(0)
    time.nowMs -= 2 * day
    time.monoMs += 60_000
    expect(await started(chat, 5)).toBe(3)
  })

  test('are remembered over a restart', async () => {
    const { started, disk } = await open({ limits })
    expect(await started(chat, 2)).toBe(2)
    const crashed = disk.crash(() => 0)
    const again = await open({ limits, disk: crashed, nowMs: startMs + 30_000 })
    expect(await again.started(chat, 5)).toBe(1)
    const back = await open({ limits, disk: crashed.crash(() => 0), nowMs: startMs - day })
    expect(await back.started(chat, 5)).toBe(0)
    back.time.monoMs += 60_000
    expect(await back.started(chat, 5)).toBe(3)
  })
})

describe('the books', () => {
  test('hold what was under way when it was killed', async () => {
    const { admit, disk } = await open()
    await admit(chat, 'schedule')
    expect((await open({ disk: disk.crash(() => 0) })).spentUsd()).toBe(boundUsd)
  })

  test('never say less than was spent, killed at any moment', async () => {
    const step = fc.record({
      probe: fc.integer({ min: 0, max: 3 }),
      cost: fc.option(fc.double({ min: 0, max: boundUsd, noNaN: true })),
      ends: fc.boolean(),
    })
    const probes = ['a', 'b', 'c', 'd'].map(provider => chatOf(provider))
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), fc.nat(), fc.nat(100), async (steps, seed, fails) => {
        const { admit, end, disk } = await open({ probes, limits: limitsOf({ usdPerDay: 10 * boundUsd }) })
        disk.failAt(fails, Object.assign(new Error('EIO'), { code: 'EIO', syscall: 'write' }))
        const left = new Map<Probe, number>()
        let spent = 0
        for (const { probe: index, cost, ends } of steps) {
          const probe = probes[index] ?? chat
          if (!left.has(probe) && (await admit(probe, 'schedule')) === null) left.set(probe, cost ?? boundUsd)
          if (!ends || !left.has(probe)) continue
          end(probe, { cost_usd: left.get(probe) ?? null })
          spent += left.get(probe) ?? 0
          left.delete(probe)
        }
        const mayHaveSpent = spent + [...left.values()].reduce((sum, usd) => sum + usd, 0)
        const again = await open({ disk: disk.crash(most => seed % (most + 1)), probes })
        expect(again.spentUsd()).toBeGreaterThanOrEqual(mayHaveSpent - 1e-9)
        expect(again.spentUsd()).toBeLessThanOrEqual(10 * boundUsd + 1e-9)
      }),
      { numRuns: 100 },
    )
  })

  test('say what things did cost after a calm end', async () => {
    const { admit, end, close, disk } = await open()
    await admit(chat, 'schedule')
    end(chat, { cost_usd: 0.0001 })
    await close()
    expect((await open({ disk: disk.crash(() => 0) })).spentUsd()).toBe(0.0001)
  })

  test('that cannot be written let nothing billed out, and reachability goes on', async () => {
    const { admit, disk, said, spentUsd } = await open({ limits: ofOpenai({ requestsPerMinute: 100 }) })
    disk.failAt(disk.operations() + 1, Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', syscall: 'write' }))
    expect(await admit(chat, 'schedule')).toBe('budget_spent')
    expect(await admit(chat, 'schedule')).toBe('budget_spent')
    expect(await admit(listing, 'schedule')).toBeNull()
    expect(spentUsd()).toBe(0)
    disk.heal()
    expect(await admit(chat, 'schedule')).toBeNull()
    expect(said).toEqual(['the budget cannot be written: nothing billed is sent', 'the budget can be written again'])
  })

  test('that cannot be read are spent today, and good again tomorrow', async () => {
    for (const text of ['', '{', '{"v":2}', '{"v":1,"spent_nano_usd":{"1":{"a":-5}},"requests_ms":{}}']) {
      const disk = createDisk()
      await disk.files.overwrite('budget.json', Buffer.from(text))
      const { admit, said, pass } = await open({ disk })
      expect(await admit(chat, 'schedule')).toBe('budget_spent')
      expect(await admit(listing, 'schedule')).toBeNull()
      expect(said[0]).toContain('cannot be read')
      pass(day)
      expect(await admit(chat, 'schedule')).toBeNull()
    }
  })

  test('of a thousand endpoints that start at once are written a few times, and not one dollar is spent twice', async () => {
    const probes = Array.from({ length: 1000 }, (_, index) => ({ ...chat, model: `m${index}` }))
    const { admit, disk, spentUsd } = await open({ probes, limits: limitsOf({ usdPerDay: 400 * boundUsd }) })
    const before = disk.operations()
    const answers = await Promise.all(probes.map(async probe => admit(probe, 'boot')))
    expect(answers.filter(answer => answer === null)).toHaveLength(400)
    expect(spentUsd()).toBeCloseTo(400 * boundUsd, 9)
    expect(disk.operations() - before).toBeLessThan(40)
  })
})
