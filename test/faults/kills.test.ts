import { cpSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect } from 'vitest'
import { type AggregatorProgram, aggregatorProgram } from './aggregator-program.ts'
import { isWhole, judge, type Story } from './judged.ts'
import { startProber, type Wish } from './prober-program.ts'
import { paceOf } from './quick-probes.ts'
import { isLong, testScenario } from './scenario.ts'
import { readStored, type Stored } from './stored.ts'

/** Power goes on both sides, in the same run and under load; and then half of what the aggregator has is yesterday's. */

const kills = isLong ? { prober: 100, aggregator: 20 } : { prober: 10, aggregator: 3 }

let aggregator: AggregatorProgram
let wish: Wish
beforeAll(async () => {
  aggregator = await aggregatorProgram()
  await aggregator.start()
  wish = {
    name: 'killed',
    dataDir: join(aggregator.folder, 'killed'),
    token: await aggregator.token(),
    everyMs: { m0: 1000, m1: 1300, m2: 1700, m3: 2500, m4: 4000, m5: 6000 },
    pace: paceOf(20, { minutes: 120 }),
    slowOneIn: 20,
  }
})
afterAll(() => aggregator.remove())

const isExactlyOnce: Story['expect'] = (account, { gaps }) => {
  isWhole(account)
  expect(gaps).toEqual([])
  expect(account.repeated).toBe(0)
  expect(account.results).toBeGreaterThan(kills.prober * 3)
}

testScenario(`${kills.prober} kill -9 of a prober and ${kills.aggregator} of its aggregator`, async chance => {
  const killProber = async () => {
    for (let kill = 0; kill < kills.prober; kill++) {
      const prober = startProber(wish)
      // one in five while it starts
      if (!chance.oneIn(5)) await prober.begun()
      await sleep(chance.below(900))
      await prober.kill()
      await sleep(chance.below(150))
    }
  }
  const killAggregator = async () => {
    for (let kill = 0; kill < kills.aggregator; kill++) {
      await sleep(500 + chance.below(2500))
      await aggregator.kill()
      await sleep(chance.below(300))
      await aggregator.start()
    }
  }
  await Promise.all([killProber(), killAggregator()])
  const last = startProber(wish)
  await last.takes(2)
  await last.stop()
  await judge(aggregator, [{ ...wish, expect: isExactlyOnce }])
})

testScenario('an aggregator that was restored from a backup gets again what it has lost, byte for byte', async () => {
  const backup = join(aggregator.folder, 'backup')
  cpSync(aggregator.dataDir, backup, { recursive: true })
  await aggregator.start()
  const prober = startProber(wish)
  await prober.takes(3)
  await aggregator.stop()
  const lost = await readStored(aggregator.dataDir)
  rmSync(aggregator.dataDir, { recursive: true })
  renameSync(backup, aggregator.dataDir)
  await aggregator.start()
  await prober.takes(6)
  await prober.stop()
  expect(prober.running.said()).toContain('the aggregator has lost what it had')
  await judge(aggregator, [
    {
      ...wish,
      expect: (account, stored) => {
        isExactlyOnce(account, stored)
        const before = recordsOf(lost[0])
        expect(recordsOf(stored).slice(0, before.length)).toEqual(before)
      },
    },
  ])
})

/** What was sent; when it came, and what was answered, is another matter. */
const recordsOf = (stored: Stored | undefined) =>
  (stored?.exported ?? '')
    .split('\n')
    .slice(0, -1)
    .map(line => {
      const { jws, body } = JSON.parse(line)
      return { jws, body }
    })
