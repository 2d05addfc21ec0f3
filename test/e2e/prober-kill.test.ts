import { randomInt } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { readLine } from '@llmstatus/shared/result'
import { expect, test } from 'vitest'
import { planOf, slotAfter, slotsBetween } from '../../prober/src/schedule/plan.ts'
import { createFakeAggregator, type Fault, listenAsAggregator } from '../../prober/test/fake-aggregator.ts'
import { testProbe } from '../../prober/test/test-probe.ts'
import { type Running, run } from './running.ts'

/**
 * The program is killed again and again, on a way to its aggregator that loses answers. Afterwards every slot of every
 * endpoint, from its first to its last, has exactly one line: none was lost, none came twice, and what nobody was there
 * for says so. And the budget knows of every call that was paid for.
 */

const rounds = process.env.TEST_LONG === '1' ? 100 : 10
const faults: readonly Fault[] = ['answer_lost', 'cut', 'html_200', ...new Array<Fault>(9).fill('none')]

const begun = async ({ child, said }: Running): Promise<void> => {
  for (let turn = 0; turn < 300 && child.exitCode === null && !said().includes('begun'); turn++) await sleep(50)
}

/** What each probe of m4 costs. */
const aCentNano = 10_000_000

const spentIn = (text: string): number => {
  const days: Record<string, Record<string, number>> = JSON.parse(text).spent_nano_usd
  return Object.values(days)
    .flatMap(day => Object.values(day))
    .reduce((sum, nano) => sum + nano, 0)
}

const everyMs: Readonly<Record<string, number>> = { m0: 100, m1: 130, m2: 170, m3: 250, m4: 400 }

interface Said {
  readonly from: number
  readonly to: number
  readonly count: number
}

test(`${rounds} kill -9 lose nothing and double nothing`, { timeout: 600_000 }, async () => {
  const aggregator = await createFakeAggregator()
  aggregator.faults(path => (path === '/api/v1/batches' ? (faults[randomInt(faults.length)] ?? 'none') : 'none'))
  const server = await listenAsAggregator(aggregator)
  const dataDir = mkdtempSync(join(tmpdir(), 'llmstatus-kill-'))
  const start = () => run(['prober/test/made-up-prober.ts', dataDir, aggregator.token(server.url)])

  for (let round = 0; round < rounds; round++) {
    const running = start()
    // one in five while it starts, however long that takes here
    if (randomInt(5) > 0) await begun(running)
    await sleep(randomInt(1200))
    running.child.kill('SIGKILL')
    await running.ended
    await sleep(randomInt(300))
  }
  aggregator.faults(() => 'none')
  const last = start()
  await begun(last)
  await sleep(2000)
  last.child.kill('SIGTERM')
  expect(await last.ended, last.said()).toBe(0)
  await server.close()
  const spentNano = spentIn(readFileSync(join(dataDir, 'budget.json'), 'utf8'))
  rmSync(dataDir, { recursive: true, force: true })

  const read = aggregator.model.lines().map(text => readLine(text))
  expect(read.filter(line => !line.ok)).toEqual([])
  const lines = read.flatMap(line => (line.ok && line.kind !== 'definition' ? [line.line] : []))
  expect(new Set(lines.map(({ id }) => id)).size).toBe(lines.length)
  expect(aggregator.model.gaps()).toEqual([])
  const results = lines.filter(line => !('skip' in line)).length
  expect(results).toBeGreaterThan(rounds * 5)

  const paid = lines.filter(line => line.model === 'm4' && !('skip' in line)).length
  expect(paid).toBeGreaterThan(rounds)
  expect(spentNano).toBeGreaterThanOrEqual(paid * aCentNano)

  for (const [model, every] of Object.entries(everyMs)) {
    const plan = planOf(testProbe({ model, everyMs: every }), aggregator.model.proberKid() ?? '')
    const said = lines.flatMap((line): Said[] => {
      if (line.model !== model || line.why !== 'schedule') return []
      const from = Date.parse(line.slot)
      return 'skip' in line && line.to !== undefined
        ? [{ from, to: Date.parse(line.to), count: line.count ?? 0 }]
        : [{ from, to: from, count: 1 }]
    })
    for (const { from, to, count } of said)
      expect({ fromMs: from, toMs: to, count }).toEqual(slotsBetween(plan, from - 1, to))
    const inOrder = said.toSorted((a, b) => a.from - b.from)
    for (const [index, next] of inOrder.entries())
      if (index > 0)
        expect(next.from, `${model} at ${new Date(next.from).toISOString()}`).toBe(
          slotAfter(plan, inOrder[index - 1]?.to ?? 0),
        )
  }
})
