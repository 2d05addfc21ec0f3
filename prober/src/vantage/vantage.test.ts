import { afterEach, describe, expect, test } from 'vitest'
import { createWorld, type Measured, originOf, type World, type WorldOptions } from './testing/world.ts'

let world: World | null = null
const worldOf = (options: WorldOptions): World => {
  world = createWorld(options)
  return world
}
afterEach(async () => {
  await world?.vantage.stop()
  world = null
})

/** Measures these at once, and lets time pass until all have ended. */
const measured = async (w: World, names: readonly string[]): Promise<readonly Measured[]> => {
  const running = Promise.all(names.map(name => w.run(w.probeOf(name))))
  await w.pass(40_000)
  return running
}
const outcomes = async (w: World, ...names: readonly string[]): Promise<readonly string[]> =>
  (await measured(w, names)).map(({ line }) => `${line.outcome} ${line.signal ?? ''}`.trim())

describe('one provider down', () => {
  test('is its own, because another one answers when it is asked', async () => {
    const w = worldOf({ names: ['a', 'b', 'c'] })
    await outcomes(w, 'a', 'b', 'c')
    w.away.add(originOf('a'))
    expect(await outcomes(w, 'a')).toEqual(['connect_failed'])
    expect(w.said.map(({ provider, probe, outcome }) => `${provider} ${probe} ${outcome}`)).toEqual([
      'b control ok',
      'c control ok',
    ])
  })
  test('asks nobody where others answer meanwhile', async () => {
    const w = worldOf({ names: ['a', 'b'] })
    await outcomes(w, 'a', 'b')
    w.away.add(originOf('a'))
    w.silent.add(originOf('a'))
    expect(await outcomes(w, 'a', 'b')).toEqual(['connect_failed', 'ok'])
    expect(w.said).toEqual([])
  })
  test('does not become ours when its own endpoints fail together', async () => {
    const w = worldOf({ names: ['a', 'b'] })
    await outcomes(w, 'a', 'b')
    w.away.add(originOf('a'))
    expect(await outcomes(w, 'a', 'a', 'a')).toEqual(['connect_failed', 'connect_failed', 'connect_failed'])
    expect(w.said).toHaveLength(1)
  })
  test('does not hide the next one', async () => {
    const w = worldOf({ names: ['a', 'b'] })
    await outcomes(w, 'a', 'b')
    w.away.add(originOf('b'))
    await outcomes(w, 'a', 'b')
    await outcomes(w, 'a', 'b')
    w.away.add(originOf('a'))
    expect(await outcomes(w, 'a')).toEqual(['connect_failed'])
    expect(w.vantage.standing()).toBe('online')
  })
})

describe('everything down', () => {
  test.each(['refused', 'silent'])('is ours, and %s', async how => {
    const w = worldOf({ names: ['a', 'b', 'c', 'd', 'e'] })
    await outcomes(w, 'a', 'b', 'c', 'd', 'e')
    w.away.add('*')
    if (how === 'silent') w.silent.add('*')
    expect(await outcomes(w, 'a', 'b')).toEqual(['vantage_offline controls_failed', 'vantage_offline controls_failed'])
    expect(w.vantage.standing()).toBe('offline')
    expect(w.logged).toEqual(['this vantage is offline: all that answered here lately fails'])
  })
  test('is seen with the first failure, although everybody answered a second ago', async () => {
    const w = worldOf({ names: ['a', 'b'] })
    await Promise.all([w.run(w.probeOf('a')), w.run(w.probeOf('b')), w.pass(1_000)])
    w.away.add('*')
    const [first] = await Promise.all([w.run(w.probeOf('a')), w.pass(6_000)])
    expect(first.line.outcome).toBe('vantage_offline')
  })
  test('holds back what is billed and outside, and nothing else', async () => {
    const w = worldOf({ names: ['a', 'b', 'own'], inside: ['own'] })
    const billed = w.probeOf('a', { billed: true })
    await outcomes(w, 'a', 'b', 'own')
    expect(w.vantage.admit(billed)).toBeNull()
    w.away.add('*')
    await outcomes(w, 'a')
    expect(w.vantage.admit(billed)).toBe('vantage_offline')
    expect(w.vantage.admit(w.probeOf('a'))).toBeNull()
    expect(w.vantage.admit(w.probeOf('own', { billed: true }))).toBeNull()
  })
  test('is over within fifteen seconds, though nothing else is measured', async () => {
    const w = worldOf({ names: ['a', 'b', 'c'] })
    await outcomes(w, 'a', 'b', 'c')
    w.away.add('*')
    w.silent.add('*')
    await outcomes(w, 'a')
    await w.pass(600_000)
    expect(w.vantage.standing()).toBe('offline')
    const asked = w.said.length
    expect(asked).toBeLessThan(140)
    w.away.clear()
    await w.pass(15_000)
    expect(w.vantage.standing()).toBe('online')
    expect(w.logged.at(-1)).toBe('this vantage is online again')
    expect(w.logged).toHaveLength(2)
  })
  test('again right after it came back is ours again', async () => {
    const w = worldOf({ names: ['a', 'b'] })
    await outcomes(w, 'a', 'b')
    w.away.add('*')
    await outcomes(w, 'a')
    await w.pass(120_000)
    w.away.clear()
    await Promise.all([w.run(w.probeOf('a')), w.pass(1_000)])
    w.away.add('*')
    expect(await outcomes(w, 'a')).toEqual(['vantage_offline controls_failed'])
  })
  test('is known from the start where origins answered before it', async () => {
    const w = worldOf({ names: ['a', 'b'], reachedBefore: ['a', 'b'] })
    w.away.add('*')
    expect(await outcomes(w, 'a')).toEqual(['vantage_offline controls_failed'])
  })
  test('is ours where an answer was awaited and a deadline passed', async () => {
    const w = worldOf({ names: ['a', 'b'] })
    await outcomes(w, 'a', 'b')
    w.hanging.add(originOf('a'))
    expect(await outcomes(w, 'a')).toEqual(['timeout'])
    const running = w.run(w.probeOf('a'))
    await w.pass(3_000)
    w.away.add('*')
    await w.pass(20_000)
    expect((await running).line.outcome).toBe('vantage_offline')
  })
})

describe('nobody to ask', () => {
  test('a prober with one provider blames it', async () => {
    const w = worldOf({ names: ['a'] })
    await outcomes(w, 'a')
    w.away.add('*')
    expect(await outcomes(w, 'a')).toEqual(['connect_failed'])
    expect(w.vantage.standing()).toBe('online')
  })
  test('what was never reached stays that, behind a firewall that drops its packets', async () => {
    const w = worldOf({ names: ['a', 'b'] })
    w.away.add(originOf('a'))
    w.silent.add(originOf('a'))
    expect(await outcomes(w, 'a', 'b')).toEqual(['connect_failed never_reached', 'ok'])
    expect(await outcomes(w, 'a', 'b')).toEqual(['connect_failed never_reached', 'ok'])
  })
  test('who never answered is nobody', async () => {
    const w = worldOf({ names: ['a', 'b'] })
    w.away.add(originOf('b'))
    await outcomes(w, 'a', 'b')
    w.away.add('*')
    expect(await outcomes(w, 'a')).toEqual(['connect_failed'])
  })
})

describe('inside and outside', () => {
  test('an answer from inside does not show that the internet is there', async () => {
    const w = worldOf({ names: ['a', 'b', 'own'], inside: ['own'] })
    await outcomes(w, 'a', 'b', 'own')
    w.away.add('*')
    expect(await outcomes(w, 'own', 'a', 'own')).toEqual(['ok', 'vantage_offline controls_failed', 'ok'])
  })
  test('the aggregator is a control as long as the guard lets it through', async () => {
    const w = worldOf({ names: ['a'], aggregator: { url: 'https://status.example', ca: null } })
    await outcomes(w, 'a')
    expect(w.said.map(({ provider, why }) => `${provider} ${why}`)).toEqual(['aggregator boot'])
    w.away.add(originOf('a'))
    expect(await outcomes(w, 'a')).toEqual(['connect_failed'])
    w.away.add('*')
    expect(await outcomes(w, 'a')).toEqual(['vantage_offline controls_failed'])
  })
  test('a server of our own is not blamed when nothing at all is there', async () => {
    const w = worldOf({ names: ['a', 'own', 'other'], inside: ['own', 'other'] })
    await outcomes(w, 'a', 'own', 'other')
    w.away.add('*').add(originOf('own'))
    expect(await outcomes(w, 'own')).toEqual(['connect_failed'])
    w.away.add(originOf('other'))
    expect(await outcomes(w, 'own')).toEqual(['vantage_offline controls_failed'])
  })
})

test('a machine that slept while offline wakes up knowing nothing', async () => {
  const w = worldOf({ names: ['a', 'b'] })
  await outcomes(w, 'a', 'b')
  w.away.add('*')
  await outcomes(w, 'a')
  w.set(w.clock.nowMs() + 8 * 3_600_000)
  expect(w.vantage.admit(w.probeOf('a', { billed: true }))).toBeNull()
  expect(w.vantage.standing()).toBe('unknown')
})

test('a listed control is looked at from the start, and every five minutes', async () => {
  const w = worldOf({ names: [], listed: [{ name: 'control-1', origin: originOf('x'), proxy: null }] })
  await w.pass(11 * 60_000)
  expect(w.said.map(({ provider, probe, why }) => `${provider} ${probe} ${why}`)).toEqual([
    'control-1 control boot',
    'control-1 control schedule',
    'control-1 control schedule',
  ])
})

test('what fails while it stops is not waited for', async () => {
  const w = worldOf({ names: ['a', 'b'] })
  await outcomes(w, 'a', 'b')
  w.away.add('*')
  w.silent.add('*')
  const running = w.run(w.probeOf('a'))
  await w.pass(11_000)
  await w.vantage.stop()
  expect((await running).line.outcome).toBe('connect_failed')
})
