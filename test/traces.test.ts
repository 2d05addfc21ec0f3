import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { defaultPolicy } from '../aggregator/src/judge/policy.ts'
import { judgeTrace } from './traces/judge-trace.ts'
import { notOk, peers, providerBlamed } from './traces/peers.ts'
import { scoreOf } from './traces/score.ts'
import { makeTrace, storedTraces } from './traces/stored.ts'
import type { Trace } from './traces/trace.ts'
import { readTrace, textOf } from './traces/trace-text.ts'

const folder = new URL('./traces/files/', import.meta.url)
const files = readdirSync(folder)
const read = (file: string): Trace => readTrace(readFileSync(new URL(file, folder), 'utf8'))

describe('a stored trace', () => {
  it('is there for each kind, and nothing else is', () => {
    expect(files.toSorted()).toEqual(storedTraces.map(({ path }) => path.split('/').at(-1)).toSorted())
  })

  it.each(files)('%s: who must be told is told, and nobody else', file => {
    const trace = read(file)
    const opened = judgeTrace(trace, defaultPolicy).flatMap(({ kind, ms }) => (kind === 'opened' ? [ms] : []))
    const { falseAlarms, expected, found } = scoreOf(trace, opened)
    expect({ falseAlarms, found }).toEqual({ falseAlarms: 0, found: expected })
  })

  it('is read as it was written, and made from its seed again', () => {
    const trace = makeTrace('out_of_order', 'dense', 3)
    expect(readTrace(textOf(trace))).toEqual(trace)
    expect(textOf(makeTrace('out_of_order', 'dense', 3))).toBe(textOf(trace))
  })
})

describe('a score', () => {
  const trace = {
    labels: [
      { expect: 'may', fromMs: 100_000, toMs: 200_000 },
      { expect: 'alarm', fromMs: 200_000, toMs: 300_000 },
    ],
  } as const

  it('counts from the onset, and takes who was told before it for told', () => {
    expect(scoreOf(trace, [230_000])).toMatchObject({ falseAlarms: 0, rightAlarms: 1, found: 1, delaysS: [30] })
    expect(scoreOf(trace, [150_000])).toMatchObject({ falseAlarms: 0, found: 1, delaysS: [0] })
  })

  it('calls an alarm false before, and long after', () => {
    expect(scoreOf(trace, [50_000, 2_000_000])).toMatchObject({ falseAlarms: 2, rightAlarms: 0, expected: 1, found: 0 })
  })
})

describe('the rules of others', () => {
  const told = (file: string, isDown = notOk) =>
    Object.fromEntries(peers.map(({ name, alarms }) => [name, alarms(read(file), isDown).length]))

  it('alarm for an account that is out of money, unless somebody tells them whose problem it is', () => {
    expect(told('account.sparse.txt').gatus).toBeGreaterThan(0)
    expect(told('account.sparse.txt', providerBlamed).gatus).toBe(0)
  })

  it('find a hard outage, all of them', () => {
    expect(Object.values(told('hard_outage.sparse.txt')).every(alarms => alarms > 0)).toBe(true)
  })
})
