import { expect, it } from 'vitest'
import { coalesce } from './coalesce.ts'

const gated = () => {
  const done: (readonly number[])[] = []
  const gates: (() => void)[] = []
  const call = coalesce<number>(async items => {
    await new Promise<void>(resolve => gates.push(resolve))
    done.push(items)
  })
  const turn = () => new Promise<void>(resolve => setImmediate(resolve))
  const open = async () => {
    await turn()
    gates.shift()?.()
    await turn()
  }
  return { call, done, open }
}

it('what is asked for while the work runs is done once, together, after it', async () => {
  const { call, done, open } = gated()
  const first = call([1])
  await open()
  await first
  const running = call([2])
  await new Promise<void>(resolve => setImmediate(resolve))
  const waiting = [call([3]), call([3, 4]), call([2])]
  await open()
  await running
  await open()
  await Promise.all(waiting)
  expect(done).toEqual([[1], [2], [3, 4, 2]])
})

it('a call ends only when the work that includes it has ended', async () => {
  const { call, done, open } = gated()
  let ended = false
  const asked = call([1]).then(() => {
    ended = true
  })
  await new Promise<void>(resolve => setImmediate(resolve))
  expect([ended, done]).toEqual([false, []])
  await open()
  await asked
  expect(done).toEqual([[1]])
})
