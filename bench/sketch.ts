import { mergeSketches, quantile, sketchOf } from '@llmstatus/shared/sketch'
import type { Bench } from './bench.ts'
import { noLimit, summarise, timed } from './measure.ts'
import { normal, randomFrom } from './sample.ts'

/** A month of one series: 720 hourly sketches of a minute's cadence, made one. */

const hours = 720
const samplesPerHour = 60

export const bench = {
  about: `${hours} hourly sketches of ${samplesPerHour} samples merged into one, and its p95`,
  run: async () => {
    const random = randomFrom(1)
    const latency = () => Math.min(Math.max(1400 * Math.exp(0.75 * normal(random)), 50), 60_000)
    const sketches = Array.from({ length: hours }, () => sketchOf(Array.from({ length: samplesPerHour }, latency)))
    const tookMs = await timed({ runs: 50, warmups: 20 }, () => {
      const merged = mergeSketches(sketches)
      if (merged.n !== hours * samplesPerHour || quantile(merged, 0.95) === null) throw new Error('samples were lost')
    })
    return [{ case: 'default', metric: 'merge_720_ms', unit: 'ms', ...summarise(tookMs), ...noLimit }]
  },
} satisfies Bench
