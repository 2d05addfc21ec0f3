import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { expect, test } from 'vitest'
import { stampArrivals } from './arrivals.ts'

const turn = () => new Promise<void>(resolve => setImmediate(resolve))

/** A socket hands bytes over as events; the clock ticks at every look. */
const watched = () => {
  const socket = new EventEmitter()
  let us = 0
  const turns: number[] = []
  const heard: number[] = []
  // the HTTP parser's listener is there first
  socket.on('data', () => heard.push(arrivals.nowUs()))
  const clock = {
    monoUs: () => {
      us += 1
      return us
    },
  }
  const arrivals = stampArrivals(socket as Socket, clock, () => turns.push(us))
  return { socket, arrivals, turns, heard, hand: (bytes: number) => socket.emit('data', new Uint8Array(bytes)) }
}

test('whatever a socket hands over in one turn is one arrival', async () => {
  const { hand, arrivals, turns, heard } = watched()
  hand(10)
  hand(20)
  hand(30)
  expect(heard).toEqual([1, 1, 1])
  expect(turns).toEqual([])
  await turn()
  expect(turns).toEqual([1])
  hand(5)
  expect(heard.at(-1)).toBe(2)
  expect([arrivals.firstUs(), arrivals.lastUs(), arrivals.wireBytes()]).toEqual([1, 2, 65])
})

test('the stamp is taken before the parser that was there first sees the bytes', () => {
  const { hand, heard, arrivals } = watched()
  hand(1)
  expect(heard[0]).toBe(arrivals.firstUs())
})

test('outside of an arrival the time is now', () => {
  const { arrivals } = watched()
  expect([arrivals.nowUs(), arrivals.nowUs()]).toEqual([1, 2])
  expect(arrivals.firstUs()).toBeNull()
})
