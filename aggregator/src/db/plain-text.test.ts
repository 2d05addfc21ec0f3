import { describe, expect, it } from 'vitest'
import { maxInt, plainText, toInt, toReal } from './plain-text.ts'

describe('text from outside', () => {
  it('keeps printable ASCII and nothing else, and is cut', () => {
    expect(plainText('gpt-4o (2024)\u0000\ud800\n\u202eé', 64)).toBe('gpt-4o (2024)?????')
    expect(plainText('x'.repeat(200), 64)).toHaveLength(64)
  })
})

describe('numbers from outside', () => {
  it('fit an int column', () => {
    expect([toInt(1e15), toInt(-1e15), toInt(2.7)]).toEqual([maxInt, -maxInt, 2])
  })

  it('fit a real column, the very small ones too', () => {
    expect([toReal(1e300), toReal(1e-320), toReal(0.5)]).toEqual([3.4e38, 0, 0.5])
  })
})
