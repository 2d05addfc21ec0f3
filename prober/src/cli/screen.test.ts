import { describe, expect, test } from 'vitest'
import { screenOf } from './screen.ts'

const terminal = { isTTY: true, columns: 80 }

describe('a screen', () => {
  test('of a terminal has its width and colours', () => {
    expect(screenOf(terminal, { TERM: 'xterm' })).toEqual({ isTerminal: true, hasColours: true, columns: 80 })
  })

  test.each([{ NO_COLOR: '1' }, { NO_COLOR: 'false' }, { TERM: 'dumb' }])('has no colours with %j', env => {
    expect(screenOf(terminal, env).hasColours).toBe(false)
  })

  test('has colours where NO_COLOR is empty', () => {
    expect(screenOf(terminal, { NO_COLOR: '' }).hasColours).toBe(true)
  })

  test('of a pipe has no colours and room for everything', () => {
    expect(screenOf({}, {})).toEqual({ isTerminal: false, hasColours: false, columns: 120 })
    expect(screenOf({ isTTY: true, columns: 0 }, {}).columns).toBe(120)
  })
})
