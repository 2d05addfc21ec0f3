import { describe, expect, it } from 'vitest'
import { seeded } from '../aggregator/src/judge/testing/trace.ts'
import type { Probe } from '../prober/src/probe.ts'
import { testProbe } from '../prober/test/test-probe.ts'
import { type Moment, simulate } from './detection/simulate.ts'

/**
 * How soon an outage is told, prober and judge together: the real schedule with its jitter, the real follow-ups, the real
 * rules. Only the provider is made up, and the time.
 */

const second = 1000
const minute = 60 * second
const startMs = Date.UTC(2026, 10, 20)
const listing = testProbe({ everyMs: minute, timeoutMs: 10 * second })
const chat = testProbe({ probe: 'chat', type: 'chat', model: 'm', everyMs: 5 * minute, timeoutMs: 30 * second })
const onsets = process.env.TEST_LONG === '1' ? 200 : 20

type Event = (moment: Moment) => boolean
const opened: Event = ({ changes }) => changes.some(({ kind }) => kind === 'opened')
const critical: Event = ({ changes }) => changes.some(({ impact }) => impact === 'critical')

interface Outage {
  readonly probes: readonly Probe[]
  readonly hits: (probe: Probe) => boolean
  /** A refusal at once, or the whole time-out. */
  readonly fails: 'quickly' | 'slowly'
}

/** How long after its onset each event came, over many onsets, in seconds: the middle one, 95 in a hundred, the last. */
const delays = async ({ probes, hits, fails }: Outage, events: Readonly<Record<string, Event>>) => {
  const found: Record<string, number[]> = Object.fromEntries(Object.keys(events).map(name => [name, []]))
  for (let n = 0; n < onsets; n++) {
    const onsetMs = startMs + 20 * minute + Math.floor((n * 5 * minute) / onsets)
    const { moments } = await simulate({
      probes,
      seed: `onset ${n}`,
      startMs,
      untilMs: onsetMs + 12 * minute,
      finds: (probe, nowMs) =>
        nowMs < onsetMs || !hits(probe)
          ? { outcome: 'ok', tookMs: 400 }
          : fails === 'quickly'
            ? { outcome: 'server_error', tookMs: 200 }
            : { outcome: 'timeout', tookMs: probe.timeoutMs },
    })
    for (const [name, is] of Object.entries(events))
      found[name]?.push(
        ((moments.find(moment => moment.ms >= onsetMs && is(moment))?.ms ?? Infinity) - onsetMs) / second,
      )
  }
  return Object.fromEntries(Object.entries(found).map(([name, times]) => [name, spread(times)]))
}

const spread = (times: readonly number[]) => {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (q: number) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0)
  return { p50: at(0.5), p95: at(0.95), max: at(1) }
}

const events = { opened, critical, outage: ({ state }: Moment) => state === 'outage' }
const all = () => true
const inference = ({ type }: Probe) => type === 'chat'

describe('how soon it is told', () => {
  it('a hard outage is critical after some 70 s where a listing runs each minute, and called an outage after 270 s', async () => {
    const told = await delays({ probes: [listing], hits: all, fails: 'quickly' }, events)
    expect(told.critical?.p50).toBeLessThanOrEqual(80)
    expect(told.critical?.p95).toBeLessThanOrEqual(115)
    expect(told.outage?.p50).toBeLessThanOrEqual(280)
    expect(told.outage?.p95).toBeLessThanOrEqual(320)
  })

  it('with a chat beside it an incident opens sooner', async () => {
    const told = await delays({ probes: [listing, chat], hits: all, fails: 'quickly' }, events)
    expect(told.opened?.p50).toBeLessThanOrEqual(60)
    expect(told.opened?.max).toBeLessThanOrEqual(115)
  })

  it('an outage that swallows every request is told in two minutes, time-outs included', async () => {
    const told = await delays({ probes: [listing, chat], hits: all, fails: 'slowly' }, events)
    expect(told.opened?.p50).toBeLessThanOrEqual(90)
    expect(told.opened?.p95).toBeLessThanOrEqual(125)
  })

  it('inference that is down while the listing answers is told after three minutes by a chat each five', async () => {
    const told = await delays({ probes: [listing, chat], hits: inference, fails: 'quickly' }, events)
    expect(told.critical?.p50).toBeLessThanOrEqual(200)
    expect(told.critical?.max).toBeLessThanOrEqual(405)
  })
})

describe('noise of one in a hundred', () => {
  it('is looked at again and told to nobody, and costs the plan not one slot', async () => {
    const random = seeded(11)
    const days = process.env.TEST_LONG === '1' ? 6 : 0.5
    const { moments, lines } = await simulate({
      probes: [listing, chat],
      seed: 'noise',
      startMs,
      untilMs: startMs + days * 24 * 60 * minute,
      finds: probe =>
        random() < 0.01 ? { outcome: 'timeout', tookMs: probe.timeoutMs } : { outcome: 'ok', tookMs: 400 },
    })
    expect(moments.filter(opened)).toEqual([])
    expect(lines.filter(line => 'skip' in line && line.why === 'schedule')).toEqual([])
    expect(lines.filter(({ why }) => why === 'followup').length).toBeGreaterThan(50)
  })
})
