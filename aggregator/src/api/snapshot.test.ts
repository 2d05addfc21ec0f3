import { expect, it } from 'vitest'
import { createSnapshot } from './snapshot.ts'

const away = () => Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })

const setUp = () => {
  const clock = { now: 1_000, nowMs: () => clock.now }
  const state = { reads: 0, error: null as Error | null }
  const ask = createSnapshot(async () => {
    state.reads++
    await new Promise<void>(resolve => setImmediate(resolve))
    if (state.error !== null) throw state.error
    return `read ${state.reads}`
  }, clock)
  return { clock, state, ask }
}

it('all who ask at once are answered by one read', async () => {
  const { ask, state } = setUp()
  expect(await Promise.all([ask(), ask(), ask()])).toEqual(Array(3).fill({ value: 'read 1', ageMs: 0 }))
  expect(state.reads).toBe(1)
  expect(await ask()).toEqual({ value: 'read 2', ageMs: 0 })
})

it('while the database is away the last answer is given, with its age', async () => {
  const { ask, state, clock } = setUp()
  await ask()
  state.error = away()
  clock.now += 7_000
  expect(await ask()).toEqual({ value: 'read 1', ageMs: 7_000 })
  state.error = null
  expect(await ask()).toEqual({ value: 'read 3', ageMs: 0 })
})

it('there is no answer before the first one', async () => {
  const { ask, state } = setUp()
  state.error = away()
  await expect(ask()).rejects.toThrow('connect')
})

it('a bug is not covered by an old answer', async () => {
  const { ask, state } = setUp()
  await ask()
  state.error = new TypeError('undefined is not a function')
  await expect(ask()).rejects.toThrow(TypeError)
})
