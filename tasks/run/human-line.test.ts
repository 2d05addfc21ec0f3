import { describe, expect, it } from 'vitest'
import { humanLine } from './human-line.ts'

describe('what a person sees of a program', () => {
  it('its own sentences pass as they are', () => {
    expect(humanLine('2 keys found: openai, groq')).toBe('2 keys found: openai, groq')
    expect(humanLine('{ not json')).toBe('{ not json')
    expect(humanLine('{"a":1}')).toBe('{"a":1}')
  })

  it('log lines are shortened to their words and what belongs to them', () => {
    const line =
      '{"level":30,"time":1,"name":"aggregator","url":"http://127.0.0.1:8420","msg":"the aggregator listens"}'
    expect(humanLine(line)).toBe('the aggregator listens url=http://127.0.0.1:8420')
  })

  it('a warning says that it is one', () => {
    expect(humanLine('{"level":40,"time":1,"msg":"the spool is nearly full"}')).toBe('warn  the spool is nearly full')
    expect(humanLine('{"level":50,"time":1,"msg":"lost","err":{"stack":"at x"}}')).toBe('error lost\n    at x')
  })

  it('what is only for debugging is left out', () => {
    expect(humanLine('{"level":20,"time":1,"msg":"polled"}')).toBeNull()
  })
})
