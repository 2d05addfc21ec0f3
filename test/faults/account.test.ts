import { describe, expect, test } from 'vitest'
import { planOf, slotAfter } from '../../prober/src/schedule/plan.ts'
import { accountOf } from './account.ts'
import { endpointsOf, quickProbes } from './quick-probes.ts'
import type { Row, Stored } from './stored.ts'

/** The judge can say no. */

const everyMs = { m0: 60_000 }
const endpoints = endpointsOf(everyMs)
const [endpoint = ''] = Object.keys(endpoints)
const [probe] = quickProbes(everyMs)
const seed = 'somebody'
const startMs = Date.UTC(2026, 0, 15)

const slots = (count: number): readonly number[] => {
  if (probe === undefined) throw new Error('no probe')
  const plan = planOf(probe, seed)
  const found: number[] = []
  for (let ms = startMs; found.length < count; ms = found.at(-1) ?? ms) found.push(slotAfter(plan, ms))
  return found
}
const [first = 0, second = 0, third = 0, fourth = 0] = slots(4)

const row = (n: number, fromMs: number, over: Partial<Row> = {}): Row => {
  const id = `019b76da-a800-7000-8000-00000000000${n}`
  return {
    is: 'result',
    id,
    endpoint,
    why: 'schedule',
    fromMs,
    toMs: fromMs,
    count: 1,
    word: 'ok',
    signal: null,
    errno: null,
    ...over,
  }
}

const lineOf = ({ id, fromMs, toMs, count }: Row): string => {
  const [slot, to] = [fromMs, toMs].map(ms => new Date(ms).toISOString())
  const of = { id, slot, why: 'schedule', provider: 'openai', model: 'm0', probe: 'reachability', skip: 'not_running' }
  return JSON.stringify(count === 1 ? of : { ...of, from: slot, to, count })
}

const judged = (rows: readonly Row[], over: Partial<Stored> = {}) => {
  const planned = { [endpoint]: rows.reduce((sum, { count }) => sum + count, 0) }
  const stored = {
    name: 'x',
    state: 'approved',
    seed,
    lines: rows.map(lineOf),
    rejected: 0,
    gaps: [],
    rows,
    planned,
    exported: '',
  }
  return accountOf({ ...stored, ...over }, endpoints)
}

const run = { is: 'skip', word: 'not_running', toMs: fourth, count: 3 } as const

describe('the account of a prober', () => {
  test('is whole where every slot is there once, in a row or in a run', () => {
    const account = judged([row(1, first), row(2, second, run)])
    expect(account).toEqual({ results: 1, skipped: { not_running: 3 }, holes: [], twice: [], wrong: [], repeated: 0 })
  })

  test('has a hole where nothing is said of a slot', () => {
    const { holes } = judged([row(1, first), row(2, fourth)])
    expect(holes).toEqual([{ endpoint, fromMs: second, toMs: third, count: 2, said: [] }])
  })

  test('says of which slots two things are said', () => {
    const { twice } = judged([row(1, first), row(2, third), row(3, second, run)])
    expect(twice).toEqual([{ endpoint, fromMs: third, toMs: third, count: 1, said: ['ok', 'not_running'] }])
  })

  test('takes a run that leaves out what is said elsewhere, and nothing more', () => {
    expect(judged([row(1, first), row(2, third), row(3, second, { ...run, count: 2 })])).toMatchObject({
      holes: [],
      twice: [],
      wrong: [],
    })
    expect(judged([row(1, first), row(2, third), row(3, second, { ...run, count: 1 })]).wrong).toHaveLength(1)
  })

  test('knows a slot, and a count, that no plan has made', () => {
    expect(judged([row(1, first), row(2, second + 1)]).wrong).toHaveLength(1)
    expect(judged([row(1, first), row(2, second, { ...run, count: 2 })]).wrong).toHaveLength(1)
    expect(judged([row(1, first), row(2, second, { ...run, count: 4 })]).wrong).toHaveLength(1)
  })

  test('holds rows against the ledger, and buckets against rows', () => {
    const rows = [row(1, first), row(2, second)]
    expect(judged(rows, { lines: [] }).wrong).toHaveLength(2)
    expect(judged(rows.slice(0, 1), { lines: rows.map(lineOf) }).wrong).toEqual([expect.stringMatching(/in no row/)])
    expect(judged(rows, { planned: { [endpoint]: 3 } }).wrong).toEqual([expect.stringMatching(/3 in buckets/)])
    expect(judged(rows, { rejected: 1 }).wrong).toEqual(['1 lines were rejected'])
    expect(judged(rows, { lines: [...rows, ...rows].map(lineOf) }).repeated).toBe(2)
  })
})
