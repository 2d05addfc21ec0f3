import { describe, expect, test } from 'vitest'
import { okLine, testProbe } from '../../test/test-probe.ts'
import type { Measure, Probe } from '../probe.ts'
import { measureAll } from './measure-all.ts'

const probes = Array.from({ length: 20 }, (_, at) => testProbe({ provider: `p${at}` }))
const never = new Promise<void>(() => undefined)

const run = async (measure: Measure, stopped: Promise<void> = never) => {
  const ended: (readonly [provider: string, isMeasured: boolean])[] = []
  let [running, most, ids] = [0, 0, 0]
  await measureAll(probes, {
    measure,
    stopped,
    nowMs: () => 1_795_000_000_000,
    newId: () => `id-${ids++}`,
    started: () => {
      running += 1
      most = Math.max(most, running)
    },
    ended: (probe: Probe, line) => {
      running -= 1
      ended.push([probe.provider, line !== null])
    },
  })
  return { ended, most }
}

describe('everything once', () => {
  test('is measured once each, manually, a few at a time', async () => {
    const asked: string[] = []
    const { ended, most } = await run(async (probe, slot) => {
      asked.push(`${probe.provider} ${slot.why}`)
      await new Promise(resolve => setImmediate(resolve))
      return okLine(probe, slot, slot.slotMs)
    })
    expect(asked).toEqual(probes.map(({ provider }) => `${provider} manual`))
    expect(ended).toHaveLength(20)
    expect(ended.every(([, isMeasured]) => isMeasured)).toBe(true)
    expect(most).toBe(8)
  })

  test('ends at once when somebody asks, whatever still runs', async () => {
    const stop = Promise.withResolvers<void>()
    const aborted: boolean[] = []
    const { ended } = await run(async (probe, slot, signal) => {
      if (probe.provider === 'p0') return okLine(probe, slot, slot.slotMs)
      if (probe.provider === 'p3') setImmediate(stop.resolve)
      signal.addEventListener('abort', () => aborted.push(true))
      return never as never
    }, stop.promise)
    expect(ended.filter(([, isMeasured]) => isMeasured)).toEqual([['p0', true]])
    // of the eight that ran none is left behind, and of the others none was begun
    expect(ended.filter(([, isMeasured]) => !isMeasured)).toHaveLength(8)
    expect(aborted).toHaveLength(8)
  })
})
