import { instant } from '@llmstatus/shared/ids'
import { describe, expect, test } from 'vitest'
import { okLine, testProbe } from '../../test/test-probe.ts'
import { oneSlot, skipLine } from './lines.ts'
import { decodeMarks, encodeMarks, keepOnly, markLines, missedSince, noMarks } from './marks.ts'
import { planOf, slotAfter } from './plan.ts'

const probe = testProbe()
const seed = 'seed'
const plan = planOf(probe, seed)
const slots = [slotAfter(plan, Date.UTC(2026, 0, 1))]
while (slots.length < 12) slots.push(slotAfter(plan, slots.at(-1) ?? 0))
const slot = (index: number): number => slots[index] ?? Number.NaN
const result = (index: number, why: 'schedule' | 'boot' = 'schedule') =>
  JSON.stringify(okLine(probe, { id: '1', slotMs: slot(index), why }, slot(index) + 500))

describe('marks', () => {
  test('an endpoint that was never seen has missed nothing', () => {
    expect(missedSince(noMarks, [probe], { seed, nowMs: slot(9) })).toEqual([])
  })

  test('slots after the last sign of life were not running, up to the start', () => {
    const marks = markLines(noMarks, [result(0)])
    expect(missedSince(marks, [probe], { seed, nowMs: slot(4) + 1 })).toEqual([
      { probe, skip: 'not_running', run: { fromMs: slot(1), toMs: slot(4), count: 4 } },
    ])
  })

  test('a slot that was due while we were alive, and never ended, was interrupted', () => {
    const other = testProbe({ provider: 'other' })
    const sign = JSON.stringify(okLine(other, { id: '1', slotMs: slot(1), why: 'schedule' }, slot(1) + 900))
    const marks = markLines(noMarks, [result(0), sign])
    expect(missedSince(marks, [probe], { seed, nowMs: slot(2) + 1 })).toEqual([
      { probe, skip: 'interrupted', run: oneSlot(slot(1)) },
      { probe, skip: 'not_running', run: oneSlot(slot(2)) },
    ])
  })

  test('a restart between two slots has missed nothing', () => {
    const marks = markLines(noMarks, [result(0)])
    expect(missedSince(marks, [probe], { seed, nowMs: slot(1) - 1 })).toEqual([])
  })

  test('a boot slot begins a plan and moves no mark', () => {
    expect(markLines(noMarks, [result(3, 'boot')]).slotMs).toEqual(new Map([['openai//reachability', slot(3)]]))
    expect(markLines(noMarks, [result(0), result(3, 'boot')]).slotMs.get('openai//reachability')).toBe(slot(0))
  })

  test('a skip that stands for many accounts for all of them', () => {
    const run = { fromMs: slot(1), toMs: slot(5), count: 5 }
    const line = skipLine('1', { probe, skip: 'not_running', why: 'schedule', run })
    expect(line).toMatchObject({ slot: instant(slot(1)), from: instant(slot(1)), to: instant(slot(5)), count: 5 })
    expect(markLines(noMarks, [JSON.stringify(line)]).slotMs.get('openai//reachability')).toBe(slot(5))
  })

  test('an old line that is read once more takes nothing back', () => {
    const marks = markLines(noMarks, [result(0), result(5)])
    expect(markLines(marks, [result(2)])).toEqual(marks)
  })

  test('are read back as they were written; what cannot be read invents nothing', () => {
    const marks = markLines(noMarks, [result(0)])
    expect(decodeMarks(encodeMarks(marks))).toEqual(marks)
    for (const text of ['', '{', '{"v":2}', '[]']) expect(decodeMarks(text)).toBeNull()
  })

  test('forget what is no longer probed', () => {
    expect(keepOnly(markLines(noMarks, [result(0)]), [testProbe({ provider: 'other' })]).slotMs.size).toBe(0)
  })

  test('a definition line is no sign of life', () => {
    const line = JSON.stringify({ kind: 'definition', at: instant(slot(0)), provider: 'openai', probe: 'reachability' })
    expect(markLines(noMarks, [line])).toEqual(noMarks)
  })
})
