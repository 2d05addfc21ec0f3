import { appendFileSync, cpSync, mkdirSync, readFileSync, renameSync, rmSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Gap } from '@llmstatus/shared/batch'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { run, runCommand } from '../e2e/running.ts'
import { type AggregatorProgram, aggregatorProgram } from './aggregator-program.ts'
import { type Chance, chanceOf } from './chance-of.ts'
import { type Noted, readJournal } from './journal.ts'
import { isTwiceOnly, isWhole, judge, type Story } from './judged.ts'
import { asText, type ProberProgram, proberCommand, proberProgram, startProber, type Wish } from './prober-program.ts'
import { clockOf, paceOf, realPace } from './quick-probes.ts'
import { quickStart } from './quick-start.ts'
import { fates, startRelay } from './relay.ts'
import { isLong, scenario, within } from './scenario.ts'

/**
 * An aggregator that is well all the time, and what may happen to its probers: each has its own story, all at once. When
 * all are told, the aggregator is stopped and everything that it has is judged.
 */

let aggregator: AggregatorProgram
const closing: (() => Promise<unknown>)[] = []
const stories: Story[] = []

beforeAll(async () => {
  aggregator = await aggregatorProgram()
  await aggregator.start()
})
afterAll(async () => {
  for (const close of closing) await close()
  await aggregator.remove()
})

const everyMs = { m0: 1000, m1: 1300, m2: 1700, m3: 2500, m4: 4000, m5: 6000 }

const wishFor = async (name: string): Promise<Wish> => ({
  name,
  dataDir: join(aggregator.folder, name),
  token: await aggregator.token(),
  everyMs,
  pace: paceOf(20, { minutes: 120 }),
})

const started = (wish: Wish): ProberProgram => known(startProber(wish))
const known = (prober: ProberProgram): ProberProgram => {
  closing.push(prober.kill)
  return prober
}

describe.concurrent('of probers whose aggregator is well', () => {
  test(
    'answers that are cut, late, doubled, forged or somebody else’s lose and double nothing',
    within,
    scenario('way', onTheWay),
  )
  test(
    'three days without it are caught up with, and what is fresh comes behind them',
    within,
    scenario('away', awayForDays),
  )
  test('a disk that is full loses what a gap record names, and is drained', within, scenario('disk', fullDisk))
  test(
    'two probers with one identity are found, held and named; one of them goes on',
    within,
    scenario('cloned', cloned),
  )
  test('a volume from yesterday is found, and goes on when somebody says so', within, scenario('restored', restored))
})

test(
  'afterwards the ledger and the rows have lost nothing, doubled nothing, and every gap says why',
  within,
  async () => {
    expect(stories).not.toEqual([])
    await judge(aggregator, stories)
  },
)

async function onTheWay(chance: Chance): Promise<void> {
  const relay = await startRelay(aggregator.url, chance)
  closing.push(relay.close)
  const wish: Wish = { ...(await wishFor('on-the-way')), url: relay.url, slowOneIn: 20 }
  const [_through, ...faults] = fates
  relay.set(() => chance.pick(faults))
  const prober = started(wish)
  await prober.begun()
  const untilMs = Date.now() + (isLong ? 120_000 : 4_000)
  const allMet = () => faults.every(fate => (relay.met()[fate] ?? 0) > 0)
  while (Date.now() < untilMs || !allMet()) await sleep(100)
  relay.set(() => 'through')
  await prober.takes(3)
  await prober.stop()
  // a receipt that was believed without reason would be mended by sending again: it must not come to that
  expect(prober.running.said()).not.toContain('the aggregator has lost what it had')
  console.info(`on the way: ${JSON.stringify(relay.met())}`)
  stories.push({
    ...wish,
    expect: (account, { gaps }) => {
      isWhole(account)
      expect(gaps).toEqual([])
      expect(account.repeated).toBe(0)
    },
  })
}

async function awayForDays(): Promise<void> {
  const count = isLong ? 20 : 6
  const everyMs = Object.fromEntries(Array.from({ length: count }, (_, n) => [`d${n}`, isLong ? 60_000 : 600_000]))
  const wish = { ...(await wishFor('away')), everyMs }
  const program = run(['test/faults/three-days.ts', JSON.stringify({ ...wish, url: aggregator.url })], quickStart)
  closing.push(async () => void program.child.kill('SIGKILL'))
  expect(await program.ended, program.said()).toBe(0)
  console.info(program.said())
  stories.push({
    ...wish,
    expect: (account, { rows, lines, gaps }) => {
      isWhole(account)
      expect(gaps).toEqual([])
      expect(account.repeated).toBe(0)
      expect(account.skipped).toEqual({})
      const plannedPerDay = Object.values(everyMs).reduce((sum, ms) => sum + 86_400_000 / ms, 0)
      expect(rows.length).toBeGreaterThan(2.99 * plannedPerDay)
      for (const model of Object.keys(everyMs)) expect(inOrder(lines, model)).toBe(true)
    },
  })
}

/** What was measured first was sent first. */
const inOrder = (lines: readonly string[], model: string): boolean => {
  const times = lines.flatMap(text => {
    const { model: of, at, kind } = JSON.parse(text)
    return of === model && kind === undefined ? [Date.parse(at)] : []
  })
  return times.every((ms, index) => index === 0 || ms >= (times[index - 1] ?? 0))
}

/** A volume of two MiB, all of it the prober's. Seen from outside through the process that mounted it. */
async function fullDisk(): Promise<void> {
  const relay = await startRelay(aggregator.url, chanceOf('none'))
  closing.push(relay.close)
  const journal = join(aggregator.folder, 'journal')
  const wish: Wish = { ...(await wishFor('disk')), url: relay.url, journal, spoolMaxBytes: 1 << 20 }
  mkdirSync(wish.dataDir)
  const mount = 'mount -t tmpfs -o size=2m,mode=700 volume "$0" && exec "$@"'
  const program = [process.execPath, 'test/faults/quick-prober.ts', asText(wish)]
  const inside = [
    'unshare',
    '--user',
    '--map-root-user',
    '--mount',
    'sh',
    '-c',
    mount,
    wish.dataDir,
    ...program,
  ] as const
  const prober = known(proberProgram(runCommand(inside, quickStart)))
  await prober.takes(2)
  const volume = `/proc/${prober.running.child.pid}/root${wish.dataDir}`
  const writable = async (is: boolean) => {
    while ((await prober.readiness()).spool_writable !== is) await sleep(20)
  }

  relay.set(() => 'reset')
  await sleep(1000)
  fill(join(volume, 'others'))
  await writable(false)
  await sleep(500)
  expect(await prober.metric('lost_results_total')).toBe(0)
  relay.set(() => 'through')
  await prober.takes(2)
  expect(statfsSync(volume).bavail).toBeLessThan(64)
  rmSync(join(volume, 'others'))
  await writable(true)
  await prober.takes(4)
  const kept = join(aggregator.folder, 'disk-kept')
  cpSync(volume, kept, { recursive: true })
  await prober.stop()
  stories.push({
    ...wish,
    dataDir: kept,
    expect: (account, { rows, gaps }) => {
      expect(account.twice).toEqual([])
      expect(account.repeated).toBe(0)
      const stored = new Set(rows.map(({ id }) => id))
      const isStored = ({ id }: Noted) => stored.has(id)
      const offered = readJournal(journal)
      const lost = offered.slice(0, offered.findLastIndex(isStored)).filter(line => !isStored(line))
      expect(lost.length).toBeGreaterThan(0)
      expect(gaps.map(({ reason }) => reason)).toEqual(gaps.map(() => 'spool_full'))
      expect(gaps.reduce((sum, gap) => sum + gap.lost, 0)).toBe(lost.length)
      for (const line of lost)
        expect(
          gaps.some(gap => isIn(line, gap)),
          JSON.stringify(line),
        ).toBe(true)
      expect(slotsIn(account.holes)).toBe(slotsIn(lost.filter(({ why }) => why === 'schedule')))
    },
  })
}

const isIn = (line: Noted, { from, to }: Gap): boolean =>
  from !== null && to !== null && from <= line.from && line.to <= to

const slotsIn = (stretches: readonly { readonly count: number }[]): number =>
  stretches.reduce((sum, { count }) => sum + count, 0)

/** To the last page, whoever else frees one meanwhile. */
const fill = (file: string): void => {
  const page = Buffer.alloc(4096)
  try {
    for (;;) appendFileSync(file, page)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
  }
}

/** A data folder as it is on another disk: what a copy takes along, and what it does not. */
const copyOf = (dataDir: string, to: string): string => {
  cpSync(dataDir, to, { recursive: true, filter: file => !file.endsWith('/lock') })
  return to
}

const idOf = (dataDir: string): string => JSON.parse(readFileSync(join(dataDir, 'identity.json'), 'utf8')).prober_id

/** Word for word what `/readyz` says to do. */
const goOn = async (dataDir: string): Promise<void> => {
  const said = await proberCommand(dataDir, 'rewound')
  expect(said, said.said).toMatchObject({ exit: 0 })
  const release = /llmstatus-aggregator probers release (\S+)/.exec(said.said)?.[1] ?? ''
  expect(release).toBe(idOf(dataDir))
  const released = await aggregator.command('probers', 'release', release)
  expect(released, released.said).toMatchObject({ exit: 0 })
}

const isQuarantined = async (name: string): Promise<void> => {
  const { said } = await aggregator.command('probers', 'list')
  expect(said).toMatch(new RegExp(`^${name} +quarantined`, 'm'))
}

async function cloned(): Promise<void> {
  const wish = await wishFor('cloned')
  const first = started(wish)
  await first.takes(2)
  const endedMs = clockOf(wish.pace ?? realPace).nowMs()
  await first.stop()
  const copy = { ...wish, dataDir: copyOf(wish.dataDir, `${wish.dataDir}-copy`) }
  const both = [
    { ...wish, prober: started(wish) },
    { ...copy, prober: started(copy) },
  ]
  const standing = async () => Promise.all(both.map(async ({ prober }) => (await prober.readiness()).standing))
  while ((await standing()).toSorted().join() !== 'forked,quarantined') await sleep(50)
  const [one, other] = (await standing())[0] === 'forked' ? both : both.toReversed()
  if (one === undefined || other === undefined) throw new Error('there are two')
  expect((await one.prober.readiness()).what_to_do).toMatch(/llmstatus-prober rewound/)
  expect(one.prober.running.said()).toContain('two histories under one key')
  expect((await other.prober.readiness()).what_to_do).toMatch(/probers release/)
  expect(other.prober.running.said()).toContain('the aggregator holds this prober in quarantine')
  await isQuarantined('cloned')

  await other.prober.stop()
  const aloneMs = clockOf(wish.pace ?? realPace).nowMs()
  await goOn(one.dataDir)
  await one.prober.stands('approved')
  await one.prober.takes(3)
  await one.prober.stop()
  stories.push({
    ...one,
    expect: (account, { gaps }) => {
      expect(account.holes).toEqual([])
      expect(gaps.map(({ reason, lost }) => [reason, lost])).toEqual([['rewound', 0]])
      // while there were two, two measured: both are true
      isTwiceOnly(account, { fromMs: endedMs, toMs: aloneMs })
    },
  })
}

async function restored(): Promise<void> {
  const wish = await wishFor('restored')
  const first = started(wish)
  await first.takes(2)
  await first.stop()
  const yesterday = copyOf(wish.dataDir, `${wish.dataDir}-yesterday`)
  const second = started(wish)
  await second.takes(3)
  await second.stop()
  rmSync(wish.dataDir, { recursive: true })
  renameSync(yesterday, wish.dataDir)

  const third = started(wish)
  const { what_to_do } = await third.stands('forked')
  expect(what_to_do).toMatch(/llmstatus-prober rewound.*probers release/)
  expect(third.running.said()).toContain('this prober was cloned, or its volume restored')
  await isQuarantined('restored')
  await goOn(wish.dataDir)
  await third.stands('approved')
  await third.takes(3)
  await third.stop()
  stories.push({
    ...wish,
    expect: (account, { gaps }) => {
      // also what it says of the time that it does not remember
      isWhole(account)
      expect(gaps.map(({ reason, lost }) => [reason, lost])).toEqual([['rewound', 0]])
    },
  })
}
