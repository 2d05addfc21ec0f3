import { expect, test } from 'vitest'
import { okLine, testProbe } from '../../test/test-probe.ts'
import type { Measuring } from './shell.ts'
import { runCommand } from './testing/test-shell.ts'

const measuring = (change: Partial<Measuring> = {}) => {
  let at = 0
  return async (): Promise<Measuring> => ({
    probes: [testProbe({ provider: 'reference', probe: 'reference' })],
    measure: async (probe, slot) => ({ ...okLine(probe, slot, slot.slotMs), uncertainty_us: ++at * 100 }),
    calibrate: async rounds => ({ rounds, quiet: rounds - 6, biasP50Us: 210, biasP99Us: 940 }),
    close: async () => undefined,
    ...change,
  })
}

test('says how well this machine measures', async () => {
  const { code, out } = await runCommand(['calibrate'], {}, { measuring: measuring() })
  expect(out).toBe(
    'bias         0.21 ms at the median, 0.94 ms at p99  (194 of 200 rounds while nothing held the process)\n' +
      'uncertainty  1.00 ms at the median, 2.00 ms at p99  (20 results)\n',
  )
  expect(code).toBe(0)
})

test('gives a program the same in microseconds', async () => {
  const { out } = await runCommand(['calibrate', '--json'], {}, { measuring: measuring() })
  expect(JSON.parse(out)).toEqual({
    rounds: 200,
    quiet: 194,
    bias_p50_us: 210,
    bias_p99_us: 940,
    results: 20,
    uncertainty_p50_us: 1000,
    uncertainty_p99_us: 2000,
  })
})

test('says so where the machine was too busy to tell', async () => {
  const busy = measuring({ calibrate: async () => null })
  const { code, out, err } = await runCommand(['calibrate', '--json'], {}, { measuring: busy })
  expect(err).toContain('Nothing could be said')
  expect(out).toBe('')
  expect(code).toBe(1)
})

test('ends when it is asked to', async () => {
  let measured = 0
  const stop = Promise.withResolvers<void>()
  const { code } = await runCommand(
    ['calibrate'],
    {},
    {
      stopAsked: () => stop.promise,
      measuring: measuring({
        measure: async (probe, slot) => {
          measured += 1
          stop.resolve()
          await new Promise(resolve => setImmediate(resolve))
          return okLine(probe, slot, slot.slotMs)
        },
      }),
    },
  )
  expect(measured).toBe(1)
  expect(code).toBe(0)
})
