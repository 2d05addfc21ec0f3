import { describe, expect, it } from 'vitest'
import { humanLine } from './human-line.ts'

describe('what a person sees of a program', () => {
  it('its own sentences pass as they are', () => {
    expect(humanLine('2 keys found: openai, groq')).toBe('2 keys found: openai, groq')
    expect(humanLine('{ not json')).toBe('{ not json')
    expect(humanLine('{"a":1}')).toBe('{"a":1}')
  })

  it('ordinary log lines are left out', () => {
    expect(humanLine('{"level":30,"time":1,"msg":"batch stored"}')).toBeNull()
  })

  it('log lines that warn are shortened to their words', () => {
    expect(humanLine('{"level":40,"time":1,"msg":"the spool is nearly full"}')).toBe(
      'warning: the spool is nearly full',
    )
    expect(humanLine('{"level":50,"time":1,"msg":"lost","err":{"stack":"x"}}')).toBe('error: lost')
  })
})
