import { randomBytes } from 'node:crypto'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { lockFolder } from '@llmstatus/shared/data-folder'
import { readLine } from '@llmstatus/shared/result'
import { Secret } from '@llmstatus/shared/secret'
import { afterEach, describe, expect, test } from 'vitest'
import type { ProberSettings } from '../../prober/src/config/settings.ts'
import { createReached } from '../../prober/src/egress/reached.ts'
import { createLog } from '../../prober/src/log.ts'
import { lockDisk as disk, processesOf } from '../../prober/src/machine.ts'
import type { Measure } from '../../prober/src/probe.ts'
import { createProber, type ProberDeps, type RunningProber } from '../../prober/src/prober.ts'
import { leaveAsk } from '../../prober/src/report/asks.ts'
import { openDoor } from '../../prober/src/report/open-door.ts'
import { planOf, slotsBetween } from '../../prober/src/schedule/plan.ts'
import type { Wait } from '../../prober/src/schedule/run-schedule.ts'
import { nodeFiles } from '../../prober/src/spool/node-files.ts'
import { createSides } from '../../prober/src/vantage/sides.ts'
import { createFakeAggregator, listenAsAggregator } from '../../prober/test/fake-aggregator.ts'
import { okLine, testProbe } from '../../prober/test/test-probe.ts'

/** The real program with real files, sockets and clock; only what it measures is made up. */

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

const clock = { nowMs: () => Date.now(), monoUs: () => Number(process.hrtime.bigint() / 1000n) }
const wait: Wait = (ms, signal) => sleep(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined)

const setUp = async () => {
  const aggregator = await createFakeAggregator()
  const server = await listenAsAggregator(aggregator)
  const dataDir = mkdtempSync(join(tmpdir(), 'llmstatus-prober-'))
  closing.push(server.close, () => rmSync(dataDir, { recursive: true, force: true }))
  const settings: ProberSettings = {
    name: null,
    region: null,
    continent: null,
    dataDir,
    aggregator: { url: null, ca: null, proxy: null },
    enrolToken: () => new Secret(aggregator.token(server.url)),
    health: { host: '127.0.0.1', port: 0 },
    logLevel: 'info',
    spoolMaxBytes: 1 << 24,
    probes: [testProbe({ everyMs: 700 }), testProbe({ provider: 'other', everyMs: 500 })],
    definitions: { providers: new Map(), suites: new Map(), major: [], own: new Set() },
    otherWays: [],
    controls: [],
    remote: null,
    costPerDay: [],
    budgetUsdPerDay: 1,
    credentialLimits: [],
    notes: [],
  }
  const measure: Measure = async (probe, slot, signal) => {
    await wait(20, signal)
    return okLine(probe, slot, Date.now())
  }
  const logged: string[] = []
  const deps: ProberDeps = {
    settings,
    version: '0.1.0',
    hostName: 'test host',
    usage: () => ({ startedMs: 0, cpuS: 0, residentBytes: 0 }),
    clock,
    wait,
    random: randomBytes,
    log: createLog('info', { write: text => void logged.push(text), form: 'lines' }),
    lockFolder: folder => lockFolder({ disk, processes: processesOf(process.pid, () => true), folder }),
    openFiles: nodeFiles,
    openDoor: url => openDoor({ url, ca: null, proxy: null, clock }),
    startMeasuring: async () => ({
      measure,
      probes: [],
      reached: createReached(),
      sides: createSides(),
      close: async () => undefined,
    }),
  }
  const start = async (over: Partial<ProberSettings> = {}, more: Partial<ProberDeps> = {}): Promise<RunningProber> => {
    const prober = await createProber({ ...deps, ...more, settings: { ...settings, ...over } })
    closing.push(prober.stop)
    return prober
  }
  const lines = () => aggregator.model.lines().map(text => readLine(text))
  return { aggregator, server, dataDir, settings, deps, start, lines, logged }
}

const unreadable = (): never => {
  throw new Error('somebody looked for the token')
}

const until = async (is: () => boolean): Promise<void> => {
  for (let turn = 0; turn < 200 && !is(); turn++) await wait(50)
}

const slotsOf = (lines: ReturnType<typeof readLine>[]) =>
  lines.flatMap(line => (line.ok && line.kind !== 'definition' && line.line.why === 'schedule' ? [line.line] : []))

describe('the prober', () => {
  test('whose volume was restored sends nothing and says what to do, and goes on behind the aggregator when told', async () => {
    const run = await setUp()
    const first = await run.start()
    await first.firstAccepted
    await first.stop()
    const yesterday = `${run.dataDir}-yesterday`
    cpSync(run.dataDir, yesterday, { recursive: true })
    closing.push(() => rmSync(yesterday, { recursive: true, force: true }))
    const second = await run.start()
    await second.firstAccepted
    await second.stop()

    const restored = { dataDir: yesterday }
    const third = await run.start(restored)
    while (third.readiness().standing !== 'forked') await sleep(20)
    expect(third.readiness()).toMatchObject({
      ready: false,
      what_to_do: expect.stringMatching(/llmstatus-prober rewound/),
    })
    expect(run.logged.filter(line => line.includes('two histories under one key'))).toHaveLength(1)
    const before = run.aggregator.model.head().seq
    await third.stop()
    expect(run.aggregator.model.head().seq).toBe(before)

    await leaveAsk(nodeFiles(yesterday), 'rewound')
    const fourth = await run.start(restored)
    await fourth.firstAccepted
    await fourth.stop()
    expect(run.aggregator.model.gaps()).toEqual([expect.objectContaining({ reason: 'rewound', lost: 0 })])
    const ids = run.lines().flatMap(line => (line.ok && line.kind !== 'definition' ? [line.line.id] : []))
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('is enrolled, measures, and has its first results taken within two seconds; definitions come first', async () => {
    const run = await setUp()
    const startedMs = performance.now()
    const prober = await run.start()
    await prober.firstAccepted
    expect(performance.now() - startedMs).toBeLessThan(2000)
    expect(run.lines().every(line => line.ok)).toBe(true)
    expect(
      run
        .lines()
        .slice(0, 2)
        .map(line => line.ok && line.kind),
    ).toEqual(['definition', 'definition'])
    expect(run.aggregator.model.head().seq).toBeGreaterThan(0)
    expect(prober.readiness()).toMatchObject({ ready: true, standing: 'approved' })
    const health = await fetch(`http://127.0.0.1:${prober.healthPort}/readyz`)
    expect(health.status).toBe(200)
    expect(statSync(join(run.dataDir, 'identity.json')).mode & 0o777).toBe(0o600)
  })

  test('after a restart it does not look for its token, and every slot of the plan has exactly one line', async () => {
    const run = await setUp()
    const first = await run.start()
    await wait(1500)
    await first.stop()
    await wait(1200)
    const second = await run.start({ enrolToken: unreadable })
    await wait(1500)
    await second.stop()
    const slots = slotsOf(run.lines())
    expect(slots.some(line => 'skip' in line && line.skip === 'not_running')).toBe(true)
    for (const probe of run.settings.probes) {
      const mine = slots.filter(line => line.provider === probe.provider)
      const count = mine.reduce((sum, line) => sum + ('skip' in line ? (line.count ?? 1) : 1), 0)
      const times = mine.flatMap(line => [line.slot, ...('to' in line && line.to !== undefined ? [line.to] : [])])
      const [from = 0, to = 0] = [Math.min(...times.map(Date.parse)), Math.max(...times.map(Date.parse))]
      const plan = planOf(probe, run.aggregator.model.proberKid() ?? '')
      expect({ fromMs: from, toMs: to, count }).toEqual(slotsBetween(plan, from - 1, to))
    }
  })

  test('a budget is not spent twice over a restart, and reachability goes on', async () => {
    const run = await setUp()
    const [listing] = run.settings.probes
    const billed = testProbe({
      model: 'm',
      probe: 'chat',
      type: 'chat',
      everyMs: 150,
      timeoutMs: 100,
      billed: true,
      price: { input: 0, output: 100 },
      question: { model: 'm', system: null, messages: [], maxTokens: 100, stream: true, reasoning: false },
    })
    const probes = [...(listing === undefined ? [] : [listing]), billed]
    const start = () => run.start({ probes, budgetUsdPerDay: 0.055 })
    const first = await start()
    await until(() => (first.budget().at(-1)?.spentUsd ?? 0) >= 0.02)
    await first.stop()
    const second = await start()
    const said = (what: string) =>
      run.lines().filter(line => line.ok && line.kind === what && line.line.model === 'm').length
    await until(() => said('skip') > 3)
    await second.stop()
    expect(said('result')).toBe(5)
    expect(second.budget().at(-1)).toMatchObject({ spentUsd: 0.05, limitUsd: 0.055 })
    const last = run.lines().findLast(line => line.ok && line.kind === 'result')
    expect(last?.ok && last.kind === 'result' && last.line.provider).toBe(listing?.provider)
  })

  test('with its aggregator away it measures, says so once, and delivers everything later', async () => {
    const run = await setUp()
    run.aggregator.faults(() => 'cut')
    const prober = await run.start()
    await wait(1500)
    expect(run.lines()).toEqual([])
    expect(prober.readiness()).toMatchObject({ ready: false, standing: 'enrolling', schedule_moving: true })
    expect(run.logged.filter(text => text.includes('results wait'))).toHaveLength(1)
    run.aggregator.faults(() => 'none')
    await prober.firstAccepted
    await prober.stop()
    const ids = run.lines().flatMap(line => (line.ok && line.kind === 'result' ? [line.line.id] : []))
    expect(ids.length).toBeGreaterThan(4)
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('a refused token ends the start, and leaves nothing behind', async () => {
    const run = await setUp()
    const other = await setUp()
    const token = other.aggregator.token(run.server.url)
    run.aggregator.faults(path => (path === '/api/v1/enrol' ? 'none' : 'cut'))
    const first = await run.start()
    await first.stop()
    const dataDir = join(run.dataDir, 'another')
    await expect(run.start({ dataDir, enrolToken: () => new Secret(token) })).rejects.toMatchObject({
      code: 'token_used',
    })
    expect(readdirSync(dataDir)).toEqual([])
  })

  test('a token that is refused later ends it then', async () => {
    const run = await setUp()
    run.aggregator.faults(() => 'cut')
    const prober = await run.start({
      enrolToken: () => new Secret(run.aggregator.token(run.server.url, Date.now() + 3000)),
    })
    await expect(prober.enrolled).rejects.toMatchObject({ code: 'token_invalid' })
  }, 30_000)

  test('without an identity and without a token it does not start', async () => {
    const run = await setUp()
    await expect(run.start({ enrolToken: () => null })).rejects.toMatchObject({ code: 'not_enrolled' })
    expect(readdirSync(run.dataDir)).toEqual([])
  })

  test('a disk that fails at the start is said in one line', async () => {
    const run = await setUp()
    const broken = { code: 'EIO', syscall: 'fdatasync' }
    const openFiles: ProberDeps['openFiles'] = folder => ({
      ...nodeFiles(folder),
      overwrite: () => Promise.reject(Object.assign(new Error('EIO'), broken)),
    })
    await expect(run.start({}, { openFiles })).rejects.toMatchObject({ code: 'data_dir_unusable' })
  })

  test('a second one on the same folder, and one whose port is taken, do not start', async () => {
    const run = await setUp()
    const prober = await run.start()
    await expect(run.start()).rejects.toMatchObject({ code: 'data_dir_locked' })
    const health = { host: '127.0.0.1', port: prober.healthPort }
    const dataDir = join(run.dataDir, 'another')
    await expect(run.start({ dataDir, health })).rejects.toMatchObject({ code: 'port_taken' })
  })

  test('a prober that waits for approval is not ready, and is when it has it', async () => {
    const run = await setUp()
    run.aggregator.set('pending')
    const prober = await run.start()
    expect(prober.readiness()).toMatchObject({ ready: false, enrolled: false, standing: 'not_approved' })
    run.aggregator.set('approved')
    await prober.firstAccepted
    expect(prober.readiness()).toMatchObject({ ready: true })
  })

  test('stops within its time while a measurement hangs, and says that it was cut off', async () => {
    const run = await setUp()
    const hang: Measure = (_probe, _slot, signal) =>
      new Promise(resolve => signal.addEventListener('abort', () => resolve(okLine(_probe, _slot, Date.now()))))
    const startMeasuring = async () => ({
      measure: hang,
      probes: [],
      reached: createReached(),
      sides: createSides(),
      close: async () => undefined,
    })
    const prober = await run.start({ probes: [testProbe({ everyMs: 60_000 })] }, { startMeasuring })
    await wait(300)
    const startedMs = performance.now()
    await prober.stop()
    expect(performance.now() - startedMs).toBeLessThan(9000)
    const skips = run.lines().flatMap(line => (line.ok && line.kind === 'skip' ? [line.line] : []))
    expect(skips).toEqual([expect.objectContaining({ skip: 'shutting_down', why: 'boot' })])
  }, 15_000)

  test('whose link goes away blames nobody, pays for nothing, and says who it asked', async () => {
    const run = await setUp()
    let isAway = false
    const reached = createReached()
    const measure: Measure = async (probe, slot, signal) => {
      await wait(20, signal)
      const line = okLine(probe, slot, Date.now())
      if (!isAway) reached.note(probe.credential.origin, Date.now())
      if (!isAway) return probe.type === 'control' ? { ...line, http_status: null } : line
      const us = { ...line.us, tcp: null, tls: null, sent: null, first_byte: null, last_byte: null }
      return { ...line, us, outcome: 'connect_failed', operation: 'connect', errno: 'ENETUNREACH', http_status: null }
    }
    const startMeasuring = async () => ({
      ...(await run.deps.startMeasuring({ reached: [], log: run.deps.log })),
      measure,
      reached,
    })
    const [openai] = run.settings.probes
    const other = testProbe({ provider: 'other', everyMs: 500 })
    const credential = { ...other.credential, origin: 'https://other.example' }
    const billed = testProbe({ model: 'm', probe: 'chat', type: 'chat', everyMs: 400, billed: true })
    const probes = [openai ?? other, { ...other, credential }, billed]
    const prober = await run.start({ probes }, { startMeasuring })
    await wait(1500)
    isAway = true
    await wait(2500)
    isAway = false
    await wait(1500)
    await prober.stop()

    const lines = run.lines().flatMap(line => (line.ok ? [line] : []))
    const results = lines.flatMap(each => (each.kind === 'result' ? [each.line] : []))
    const skips = lines.flatMap(each => (each.kind === 'skip' ? [each.line] : []))
    expect(results.filter(({ outcome, probe }) => outcome === 'connect_failed' && probe !== 'control')).toEqual([])
    expect(results.filter(({ signal }) => signal === 'controls_failed').length).toBeGreaterThan(3)
    expect(skips.filter(({ skip, probe }) => skip === 'vantage_offline' && probe === 'chat').length).toBeGreaterThan(2)
    const asked = results.filter(({ probe }) => probe === 'control')
    const defined = lines.flatMap(each =>
      each.kind === 'definition' ? [`${each.line.provider} ${each.line.def}`] : [],
    )
    expect(asked.length).toBeGreaterThan(0)
    for (const { provider, def } of asked) expect(defined).toContain(`${provider} ${def}`)
    const said = run.logged.map(text => JSON.parse(text).msg).filter(msg => / (offline|online)/.test(msg))
    expect(said).toEqual([
      'this vantage is offline: all that answered here lately fails',
      'this vantage is online again',
    ])
  }, 15_000)

  test('writes a line a change and not a line a probe', async () => {
    const run = await setUp()
    const prober = await run.start()
    await wait(2500)
    await prober.stop()
    const changes = run.logged.map(text => JSON.parse(text)).filter(({ msg }) => msg === 'ok')
    expect(changes).toHaveLength(2)
    expect(readFileSync(join(run.dataDir, 'identity.json'), 'utf8')).toContain(run.aggregator.key.kid)
  })
})
