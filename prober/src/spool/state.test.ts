import { describe, expect, test } from 'vitest'
import { createDisk } from '../../test/crash-disk.ts'
import { decodeState, encodeState, freshState, isDone, markDone, openState, type State } from './state.ts'

const flying = (segment: number): State['signed'] => ({
  seq: 1,
  jws: 'a.b.c',
  dig: 'A'.repeat(43),
  segment,
  loss: null,
  becomes: null,
})

describe('the state', () => {
  test('reads back what was written, and nothing that was touched', () => {
    const bytes = encodeState({ ...freshState, lastSeq: 7 })
    expect(decodeState(bytes)?.lastSeq).toBe(7)
    const length = bytes.indexOf('\n')
    for (let at = 0; at < length; at++) {
      const spoilt = Buffer.from(bytes)
      spoilt[at] = (spoilt[at] ?? 0) ^ 1
      expect(decodeState(spoilt)).toBeNull()
    }
  })

  test('survives a power cut at every step as the old or the new one, whichever bytes reached the disk', async () => {
    for (let step = 1; step < 12; step++)
      for (const most of [0, 1, 0.5]) {
        const disk = createDisk()
        const keeper = await openState(disk.files)
        await keeper.save({ ...freshState, lastSeq: 1 })
        disk.failAt(disk.operations() + step)
        const saved = await keeper.save({ ...freshState, lastSeq: 2 }).then(
          () => true,
          () => false,
        )
        const found = (await openState(disk.crash(limit => Math.round(limit * most)).files)).state().lastSeq
        expect(saved ? [2] : [1, 2]).toContain(found)
      }
  })

  test('one spoilt slot is read from the other and repaired', async () => {
    for (const slot of ['state.a', 'state.b']) {
      const disk = createDisk()
      await (await openState(disk.files)).save({ ...freshState, lastSeq: 5 })
      disk.bytes(slot).fill(0)
      const keeper = await openState(disk.files)
      expect(keeper.state().lastSeq).toBe(5)
      expect(keeper.lost).toBe(false)
      expect(decodeState(disk.bytes(slot))?.lastSeq).toBe(5)
    }
  })

  test('a slot whose write failed is the first to be written again', async () => {
    for (let step = 1; step <= 4; step++) {
      const disk = createDisk()
      const keeper = await openState(disk.files)
      await keeper.save({ ...freshState, lastSeq: 1 })
      disk.failAt(disk.operations() + step)
      await keeper.save({ ...freshState, lastSeq: 2 }).catch(() => undefined)
      disk.heal()
      disk.failAt(disk.operations() + 1)
      await keeper.save({ ...freshState, lastSeq: 3 }).catch(() => undefined)
      expect((await openState(disk.crash(most => most).files)).lost).toBe(false)
    }
  })

  test('two spoilt slots are said to be lost, none at all is a first start', async () => {
    const disk = createDisk()
    expect((await openState(disk.files)).lost).toBe(false)
    for (const slot of ['state.a', 'state.b']) disk.bytes(slot).fill(0)
    expect((await openState(disk.files)).lost).toBe(true)
  })
})

describe('which segments are done', () => {
  test('they end in order', () => {
    const state = markDone({ ...freshState, signed: flying(3) }, 3)
    expect([1, 2, 3, 4].map(segment => isDone(state, segment))).toEqual([true, true, true, false])
  })

  test('the one in flight outlives those that are dropped behind it, until it ends too', () => {
    const dropped = markDone(markDone({ ...freshState, freed: 2, signed: flying(3) }, 4), 5)
    expect([3, 4, 5, 6].map(segment => isDone(dropped, segment))).toEqual([false, true, true, false])
    const backInLine = { ...dropped, signed: null }
    expect(isDone(backInLine, 3)).toBe(false)
    expect(isDone(markDone(backInLine, 3), 3)).toBe(true)
    expect(isDone(markDone(dropped, 3), 5)).toBe(true)
  })
})
