import { expect, test } from 'vitest'
import { createAlarm } from './alarm.ts'

const turn = () => new Promise<void>(resolve => setImmediate(resolve))

test('an alarm that looks already is not put off by who never stops talking', async () => {
  let rung = 0
  const alarm = createAlarm(() => {
    rung += 1
  })
  alarm.set(0)
  for (let turns = 0; rung === 0 && turns < 100_000; turns += 1) {
    await turn()
    alarm.set(0)
  }
  expect(rung).toBe(1)
  alarm.clear()
})

test('an alarm that was cleared does not ring', async () => {
  const alarm = createAlarm(() => expect.unreachable())
  alarm.set(0)
  alarm.clear()
  await new Promise(resolve => setTimeout(resolve, 5))
  await turn()
  await turn()
})
