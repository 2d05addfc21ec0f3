import { instant } from '@llmstatus/shared/ids'
import type { SkipLine } from '@llmstatus/shared/result'
import { beforeEach, expect, it } from 'vitest'
import { eachEngine } from '../../../test/postgres.ts'
import { definitionLine, resultLine, skipLine } from '../../test/lines.ts'
import { startMs, type TestApp, testApp } from '../../test/test-app.ts'
import { enrolled, post, type TestProber } from '../../test/test-prober.ts'

const minuteMs = 60_000
const everyMs = 5 * minuteMs
/** Slot n of a plan that began an hour ago. */
const slot = (n: number): number => startMs - 60 * minuteMs + n * everyMs

eachEngine('a run of slots that a prober does not remember', database => {
  let test: TestApp
  let prober: TestProber
  beforeEach(async () => {
    test = await testApp(database.store().db)
    prober = await enrolled(test)
  })

  const result = (n: number) => resultLine(prober.uuid(), slot(n))
  const run = (from: number, to: number, over: Partial<SkipLine> = {}) => {
    const many = { from: instant(slot(from)), to: instant(slot(to)), count: to - from + 1 }
    return skipLine(prober.uuid(), slot(from), { ...(from === to ? {} : many), ...over })
  }
  const send = async (...lines: readonly object[]) =>
    expect((await post(test.app, await prober.seal([definitionLine(startMs), ...lines]))).statusCode).toBe(201)
  const counts = async () =>
    (await database.store().db.selectFrom('skip').select('count').orderBy('slot').execute()).map(({ count }) => count)
  const totals = async () => {
    const { db } = database.store()
    const buckets = await db
      .selectFrom('rollup_5min')
      .select(['start', 'planned', 'skipped'])
      .orderBy('start')
      .execute()
    const sum = (of: 'planned' | 'skipped') => buckets.reduce((all, bucket) => all + bucket[of], 0)
    return {
      planned: sum('planned'),
      skipped: sum('skipped'),
      most: Math.max(...buckets.map(({ planned }) => planned)),
    }
  }

  it('counts only those of which nothing else is said, each where it belongs', async () => {
    await send(result(0), result(1), run(2, 3), result(4))
    await send(run(1, 9))
    expect(await counts()).toEqual([5, 2])
    expect(await totals()).toEqual({ planned: 10, skipped: 7, most: 1 })
  })

  it('counts nothing where all of it was said before, and a single one too', async () => {
    await send(result(0), result(1), result(2))
    await send(run(1, 2, { skip: 'interrupted' }), run(0, 0))
    expect(await counts()).toEqual([0, 0])
    expect(await totals()).toEqual({ planned: 3, skipped: 0, most: 1 })
  })

  it('counts as it says where nothing else is said, and the same line once', async () => {
    await send(result(0))
    const line = run(1, 4)
    await send(line)
    await send(line)
    expect(await counts()).toEqual([4])
    expect(await totals()).toEqual({ planned: 5, skipped: 4, most: 1 })
  })

  it('does not ask what else is said of slots that were skipped when they came', async () => {
    await send(result(0))
    await send(run(0, 1, { skip: 'overrun' }))
    expect(await counts()).toEqual([2])
  })

  it('is not touched by what another prober says, or by a slot outside of the plan', async () => {
    const other = await enrolled(test, 'eu-2')
    const theirs = resultLine(other.uuid(), slot(1))
    expect((await post(test.app, await other.seal([definitionLine(startMs), theirs]))).statusCode).toBe(201)
    await send(resultLine(prober.uuid(), slot(1) + 1000, { why: 'boot' }))
    await send(run(0, 3))
    expect(await counts()).toEqual([4])
  })
})
