import type { ResultLine, SkipLine } from '@llmstatus/shared/result'
import { describe, expect, test } from 'vitest'
import { createFakeClock } from '../../test/fake-clock.ts'
import { okLine, testProbe } from '../../test/test-probe.ts'
import type { Measure, Probe } from '../probe.ts'
import { type Admit, admitAll, type Ended, hearAll } from './admission.ts'
import { bootSlots } from './boot.ts'
import { planOf, slotAfter, slotBefore } from './plan.ts'
import { startSchedule } from './run-schedule.ts'

const startMs = Date.UTC(2026, 2, 29)
const minute = 60_000

const begin = (options: {
  readonly probes: readonly Probe[]
  readonly takesMs?: (probe: Probe, slotMs: number) => number
  readonly mostAtOnce?: number
  readonly sinceMs?: number
  readonly admit?: Admit
  readonly ended?: Ended
}) => {
  const fake = createFakeClock(startMs)
  const said: (ResultLine | SkipLine)[] = []
  let [ids, now, most] = [0, 0, 0]
  const measure: Measure = async (probe, slot) => {
    const atMs = fake.clock.nowMs()
    most = Math.max(most, ++now)
    await fake.wait(options.takesMs?.(probe, slot.slotMs) ?? 100)
    now -= 1
    return okLine(probe, slot, atMs)
  }
  const schedule = startSchedule({
    probes: options.probes,
    seed: 'seed',
    sinceMs: options.sinceMs ?? startMs,
    mostAtOnce: options.mostAtOnce ?? 8,
    clock: fake.clock,
    wait: fake.wait,
    newId: () => String(++ids),
    admit: options.admit ?? (() => null),
    measure,
    ended: options.ended ?? (() => []),
    say: async lines => void said.push(...lines),
  })
  const brief = () =>
    said.map(line =>
      'skip' in line
        ? `${line.skip} ${line.slot}${line.count === undefined ? '' : ` ×${line.count}`}`
        : `ok ${line.slot}`,
    )
  return { ...fake, said, brief, schedule, most: () => most }
}

const probe = testProbe()
const plan = planOf(probe, 'seed')
const firstSlot = slotAfter(plan, startMs)
/** The slots of the plan, 0 being the first one after the start. */
const slot = (index: number): number => {
  let ms = firstSlot
  for (let k = 0; k < index; k++) ms = slotAfter(plan, ms)
  for (let k = 0; k > index; k--) ms = slotBefore(plan, ms - 1)
  return ms
}
const at = (index: number): string => new Date(slot(index)).toISOString()

describe('the schedule', () => {
  test('each slot of the plan is measured once, at its time', async () => {
    const run = begin({ probes: [probe] })
    await run.pass(5 * minute)
    expect(run.brief()).toEqual([0, 1, 2, 3, 4].map(index => `ok ${at(index)}`))
    for (const line of run.said) expect('at' in line && line.at).toBe(line.slot)
  })

  test('a slot that comes due while the one before still runs is an overrun, said after that one, and nothing shifts', async () => {
    const run = begin({ probes: [probe], takesMs: (_, slotMs) => (slotMs === firstSlot ? 2.5 * minute : 100) })
    await run.pass(5 * minute)
    expect(run.brief()).toEqual([`ok ${at(0)}`, `overrun ${at(1)} ×2`, `ok ${at(3)}`, `ok ${at(4)}`])
  })

  test('a late start is visible: the slot stays, the time of measuring is later', async () => {
    const probes = ['a', 'b', 'c'].map(model => testProbe({ model }))
    const run = begin({ probes, mostAtOnce: 1, takesMs: () => 15_000 })
    await run.pass(2 * minute)
    expect(run.most()).toBe(1)
    const late = run.said.filter(line => 'at' in line && line.at > line.slot)
    expect(late.length).toBeGreaterThan(0)
    for (const line of run.said) {
      const mine = probes.find(({ model }) => model === line.model)
      if (mine === undefined) throw new Error('who is this?')
      expect(slotBefore(planOf(mine, 'seed'), Date.parse(line.slot))).toBe(Date.parse(line.slot))
    }
  })

  test('a slot that came due while the program was starting is its first one', async () => {
    const run = begin({ probes: [testProbe({ everyMs: 1000 })], sinceMs: startMs - 900, takesMs: () => 1 })
    await run.pass(10)
    expect(run.said).toHaveLength(1)
  })

  test('looks at a thousand endpoints that hang leave the plan its places, and cost it no slot', async () => {
    const healthy = Array.from({ length: 4 }, (_, index) => testProbe({ model: `ok${index}` }))
    const down = Array.from({ length: 1000 }, (_, index) => testProbe({ model: `m${index}`, everyMs: 60 * minute }))
    const looks = (nowMs: number) => down.map(each => ({ probe: each, slotMs: nowMs, why: 'followup' as const }))
    const run = begin({
      probes: [...healthy, ...down],
      mostAtOnce: 8,
      takesMs: ({ model }) => (model?.startsWith('ok') ? 100 : 10_000),
    })
    run.schedule.add(looks(startMs + 100))
    await run.pass(10 * minute)
    const planned = run.said.filter(line => line.model?.startsWith('ok'))
    expect(planned.length).toBeGreaterThan(35)
    for (const line of planned) {
      expect(line).toHaveProperty('outcome', 'ok')
      if ('at' in line) expect(Date.parse(line.at) - Date.parse(line.slot)).toBeLessThan(10_000)
    }
    expect(run.most()).toBeLessThanOrEqual(8)
  })

  test('a look that waits for a place until it cannot end before the next slot is an overrun, and that slot is measured', async () => {
    const other = testProbe({ model: 'slow', everyMs: 60 * minute })
    const run = begin({
      probes: [probe, other],
      mostAtOnce: 1,
      takesMs: ({ model }) => (model === 'slow' ? 45_000 : 100),
    })
    run.schedule.add([
      { probe: other, slotMs: firstSlot + 1000, why: 'manual' },
      { probe, slotMs: firstSlot + 2000, why: 'followup' },
    ])
    await run.pass(firstSlot - startMs + 2 * minute)
    const mine = run.said.filter(({ model }) => model === null)
    expect(mine.map(line => ['skip' in line ? line.skip : line.outcome, line.why])).toEqual([
      ['ok', 'schedule'],
      ['overrun', 'followup'],
      ['ok', 'schedule'],
    ])
  })

  test('no more than the cap measure at once', async () => {
    const probes = Array.from({ length: 60 }, (_, index) => testProbe({ model: `m${index}` }))
    const run = begin({ probes, mostAtOnce: 3, takesMs: () => 2000 })
    await run.pass(3 * minute)
    expect(run.most()).toBe(3)
  })

  test('boot slots all start within three seconds', async () => {
    const probes = Array.from({ length: 100 }, (_, index) => testProbe({ model: `m${index}`, everyMs: 3_600_000 }))
    const run = begin({ probes, mostAtOnce: 100 })
    run.schedule.add(bootSlots(probes, startMs))
    await run.pass(3500)
    const boots = run.said.filter(({ why }) => why === 'boot')
    expect(boots).toHaveLength(100)
    for (const line of boots) expect(Date.parse(line.slot) - startMs).toBeLessThan(3000)
  })

  test('a machine that slept says what it missed and takes the newest slot late', async () => {
    const run = begin({ probes: [probe] })
    await run.pass(firstSlot - startMs + 1000)
    run.set(firstSlot + 4 * minute + 7000)
    await run.pass(minute)
    expect(run.brief()).toEqual([`ok ${at(0)}`, `not_running ${at(1)} ×3`, `ok ${at(4)}`, `ok ${at(5)}`])
  })

  test('a clock that is set back takes up its plan at once', async () => {
    const run = begin({ probes: [probe] })
    await run.pass(firstSlot - startMs + 1000)
    run.set(firstSlot - 10 * minute + 1000)
    await run.pass(2 * minute)
    expect(run.brief()).toEqual([`ok ${at(0)}`, `ok ${at(-9)}`, `ok ${at(-8)}`])
  })

  test('a clock that goes back a little repeats no slot', async () => {
    const run = begin({ probes: [probe] })
    await run.pass(firstSlot - startMs + 10)
    run.set(firstSlot - 50)
    await run.pass(minute / 2)
    expect(run.brief()).toEqual([`ok ${at(0)}`])
  })

  test('on stop what runs may end, what waits is a skip, and nothing starts any more', async () => {
    const probes = ['a', 'b'].map(model => testProbe({ model }))
    const run = begin({ probes, mostAtOnce: 1, takesMs: () => 3000 })
    run.schedule.add(bootSlots(probes, startMs))
    await run.pass(1000)
    const stopped = run.schedule.stop(5000)
    await run.pass(5000)
    await stopped
    await run.pass(10 * minute)
    expect(run.said.map(line => ['skip' in line ? line.skip : line.outcome, line.model, line.why])).toEqual([
      ['shutting_down', 'b', 'boot'],
      ['ok', 'a', 'boot'],
    ])
  })

  test('on stop what does not end in time is cut off and says nothing about the provider', async () => {
    const run = begin({ probes: [probe], takesMs: () => 10 * minute })
    await run.pass(firstSlot - startMs + 1000)
    const stopped = run.schedule.stop(5000)
    await run.pass(5000)
    await stopped
    expect(run.brief()).toEqual([`shutting_down ${at(0)}`])
  })

  test('stopping takes no longer than what runs', async () => {
    const run = begin({ probes: [probe] })
    await run.pass(1)
    let done = false
    void run.schedule.stop(5000).then(() => {
      done = true
    })
    await run.pass(1)
    expect(done).toBe(true)
  })

  test('a slot outside the plan that meets a running one is an overrun', async () => {
    const run = begin({ probes: [probe], takesMs: () => 5000 })
    run.schedule.add([
      { probe, slotMs: startMs, why: 'boot' },
      { probe, slotMs: startMs + 1000, why: 'followup' },
    ])
    await run.pass(6000)
    expect(run.said.map(line => ['skip' in line ? line.skip : line.outcome, line.why])).toEqual([
      ['overrun', 'followup'],
      ['ok', 'boot'],
    ])
  })

  test('a slot that is not admitted is a skip with its reason, in its place among the others', async () => {
    let asked = 0
    const run = begin({ probes: [probe], admit: () => (asked++ === 1 ? 'budget_spent' : null) })
    await run.pass(3 * minute)
    expect(run.brief()).toEqual([`ok ${at(0)}`, `budget_spent ${at(1)}`, `ok ${at(2)}`])
  })

  test('who is slow to admit makes a late start, and no two of an endpoint at once', async () => {
    const run = begin({
      probes: [probe],
      admit: async () => {
        await run.wait(90_000)
        return null
      },
    })
    await run.pass(3 * minute)
    expect(run.brief()).toEqual([`ok ${at(0)}`, `overrun ${at(1)}`])
  })

  test('what was not admitted yet when it stops is not measured any more', async () => {
    const run = begin({
      probes: [probe],
      admit: async () => {
        await run.wait(10 * minute)
        return null
      },
    })
    await run.pass(firstSlot - startMs + 1000)
    const stopped = run.schedule.stop(5000)
    await run.pass(20 * minute)
    await stopped
    expect(run.brief()).toEqual([`shutting_down ${at(0)}`])
    expect(run.most()).toBe(0)
  })

  test('of several who admit, the first reason counts, and nobody behind it is asked', async () => {
    const asked: string[] = []
    const admit =
      (name: string, reason: Awaited<ReturnType<Admit>>): Admit =>
      () => {
        asked.push(name)
        return reason
      }
    const all = admitAll([admit('a', null), admit('b', 'vantage_offline'), admit('c', 'budget_spent')])
    expect(await all(probe, 'schedule')).toBe('vantage_offline')
    expect(asked).toEqual(['a', 'b'])
  })

  test('who hears the lines hears all of them in order, and the slots it asks for are measured', async () => {
    const heard: string[] = []
    const ended: Ended = (_, line) => {
      heard.push(`${'skip' in line ? line.skip : line.outcome} ${line.why}`)
      return line.why === 'schedule' && heard.length === 1
        ? [{ probe, slotMs: Date.parse(line.slot) + 20_000, why: 'followup' }]
        : []
    }
    const run = begin({ probes: [probe], ended: hearAll([ended, () => []]) })
    await run.pass(firstSlot - startMs + minute + 1000)
    expect(heard).toEqual(['ok schedule', 'ok followup', 'ok schedule'])
    expect(run.said.map(({ slot }) => slot)).toEqual([at(0), new Date(firstSlot + 20_000).toISOString(), at(1)])
  })

  test('a follow-up that a machine slept through is said to be missed, and not measured hours later', async () => {
    const run = begin({ probes: [probe] })
    run.schedule.add([{ probe, slotMs: startMs + 5000, why: 'followup' }])
    await run.pass(1000)
    run.set(startMs + 8 * 60 * minute)
    await run.pass(2000)
    expect(run.brief()[0]).toBe(`not_running ${new Date(startMs + 5000).toISOString()}`)
  })

  test('a follow-up moves with a clock that is set back by a day', async () => {
    const run = begin({ probes: [testProbe({ everyMs: 7 * 24 * 60 * minute })] })
    run.schedule.add([{ probe, slotMs: startMs + 20_000, why: 'followup' }])
    await run.pass(5000)
    run.set(startMs + 5000 - 24 * 60 * minute)
    await run.pass(18_000)
    const slots = run.said.filter(({ why }) => why === 'followup').map(line => Date.parse(line.slot))
    expect(slots).toHaveLength(1)
    expect(Math.abs((slots[0] ?? 0) - (startMs - 24 * 60 * minute + 20_000))).toBeLessThanOrEqual(1000)
  })

  describe('with another plan', () => {
    const kept = testProbe()
    const slotsOf = (run: ReturnType<typeof begin>, model: string | null) =>
      run.said.filter(line => line.model === model).map(({ slot }) => slot)

    test('who is in both stays where it is, who came starts at once, who went is not asked any more', async () => {
      const [gone, come] = [testProbe({ model: 'gone' }), testProbe({ model: 'come' })]
      const run = begin({ probes: [kept, gone] })
      await run.pass(firstSlot - startMs + 2 * minute + 1000)
      const changedMs = run.clock.nowMs()
      run.schedule.replace([kept, come])
      run.schedule.add(bootSlots([come], changedMs))
      await run.pass(2 * minute)
      expect(slotsOf(run, null)).toEqual([0, 1, 2, 3, 4].map(at))
      expect(slotsOf(run, 'gone').every(slot => Date.parse(slot) <= changedMs)).toBe(true)
      expect(slotsOf(run, 'come')).toHaveLength(3)
      expect(run.said.every(line => 'outcome' in line)).toBe(true)
    })

    test('what runs ends as what it was, and its name may come back meanwhile', async () => {
      const run = begin({
        probes: [kept],
        takesMs: (_, slotMs) => (slotMs === firstSlot ? slot(2) + 1000 - slot(0) : 100),
      })
      await run.pass(firstSlot - startMs + 1000)
      run.schedule.replace([])
      await run.pass(slot(1) + 1000 - run.clock.nowMs())
      run.schedule.replace([testProbe({ def: 'another' })])
      await run.pass(slot(3) + 1000 - run.clock.nowMs())
      expect(run.brief()).toEqual([`ok ${at(0)}`, `overrun ${at(2)}`, `ok ${at(3)}`])
      expect(run.said.map(line => 'def' in line && line.def)).toEqual([kept.def, false, 'another'])
    })

    test('what was due under the plan before is still measured, and nothing of it afterwards', async () => {
      const run = begin({ probes: [kept], mostAtOnce: 1, takesMs: () => 30_000 })
      await run.pass(firstSlot - startMs)
      run.schedule.replace([])
      run.schedule.add([{ probe: kept, slotMs: run.clock.nowMs() + 5000, why: 'followup' }])
      await run.pass(3 * minute)
      expect(run.brief()).toEqual([`ok ${at(0)}`])
    })

    test('another rhythm counts from that moment, with no slot said to be missed', async () => {
      const run = begin({ probes: [kept] })
      await run.pass(firstSlot - startMs + 1000)
      const changedMs = run.clock.nowMs()
      const slower = testProbe({ everyMs: 5 * minute })
      run.schedule.replace([slower])
      await run.pass(10 * minute)
      const next = slotAfter(planOf(slower, 'seed'), changedMs)
      const [second, third] = [next, slotAfter(planOf(slower, 'seed'), next)].map(ms => new Date(ms).toISOString())
      expect(run.brief()).toEqual([`ok ${at(0)}`, `ok ${second}`, `ok ${third}`])
    })

    test('is none after the end', async () => {
      const run = begin({ probes: [kept] })
      const stopped = run.schedule.stop(0)
      await run.pass(3 * minute)
      await stopped
      run.schedule.replace([testProbe({ model: 'late' })])
      await run.pass(3 * minute)
      expect(run.said).toEqual([])
    })
  })
})
