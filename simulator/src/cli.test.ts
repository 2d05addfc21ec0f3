import { describe, expect, it } from 'vitest'
import { readCommand, usage } from './cli.ts'

const ids = ['openai', 'groq']

describe('readCommand', () => {
  it('serves on 8430 when it is told nothing', () =>
    expect(readCommand([], ids)).toEqual({ run: 'serve', options: { controlPort: 8430, pace: {} } }))

  it('reads what it is told', () =>
    expect(
      readCommand(['--control', '0', '--only', 'groq', '--seed=7', '--first-token-ms', '5', '--host', '0.0.0.0'], ids),
    ).toEqual({
      run: 'serve',
      options: { controlPort: 0, only: ['groq'], seed: 7, host: '0.0.0.0', pace: { firstTokenMs: 5 } },
    }))

  it('has help with an example, and a version', () => {
    expect(readCommand(['--help'], ids)).toEqual({ run: 'help' })
    expect(readCommand(['--version'], ids)).toEqual({ run: 'version' })
    expect(usage).toMatch(/Example/)
  })

  it.each([
    [['--control', 'x'], /--control x/],
    [['--control', '70000'], /0 to 65535/],
    [['--only', 'openai,skynet'], /skynet: is not one of openai, groq/],
    [['--colour', 'red'], /--colour/],
    [['serve'], /serve/],
  ])('refuses %j with exit 2', (args, message) => {
    expect(() => readCommand(args, ids)).toThrow(message)
    try {
      readCommand(args, ids)
    } catch (error) {
      expect(error).toMatchObject({ code: 'usage', exit: 2 })
    }
  })
})
