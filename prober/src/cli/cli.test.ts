import { describe, expect, test } from 'vitest'
import { testProbe } from '../../test/test-probe.ts'
import { helpOf, overview } from './help.ts'
import { commands } from './main-command.ts'
import { parse } from './parse.ts'
import { planText } from './plan-text.ts'
import { createStopSignals } from './stop-signals.ts'

describe('the command line', () => {
  test('every command has help with an example that starts with it or its settings', () => {
    for (const command of commands) {
      expect(helpOf(command)).toContain(`Example: `)
      expect(command.example).toContain(`llmstatus-prober ${command.name}`)
      expect(parse([...command.name.split(' '), '--help'], commands)).toEqual({ want: 'help', command })
      expect(overview(commands)).toContain(command.summary)
    }
  })

  test('a command and its flags are found', () => {
    const parsed = parse(['check', '--connect'], commands)
    expect(parsed).toMatchObject({ want: 'run', flags: new Set(['connect']) })
  })

  test('nothing at all, --help and --version are answered', () => {
    for (const args of [[], ['--help'], ['-h'], ['help']]) expect(parse(args, commands).want).toBe('help')
    for (const args of [['--version'], ['run', '--version']]) expect(parse(args, commands).want).toBe('version')
  })

  test('what is not known is an error that says what was meant', () => {
    const wrong: readonly [readonly string[], string, string][] = [
      [['rum'], 'There is no command rum.', 'did you mean "run"?'],
      [['check', '--conect'], 'There is no flag --conect.', 'did you mean "--connect"?'],
      [['health', 'now'], 'There is no argument now.', 'known here: --help, --version'],
    ]
    for (const [args, message, hint] of wrong)
      expect(() => parse(args, commands)).toThrow(expect.objectContaining({ code: 'usage', message, hint }))
  })
})

describe('signals', () => {
  test('the second within a second is an echo, a later one has lost patience', () => {
    let nowMs = 0
    const signal = createStopSignals(() => nowMs)
    expect(signal()).toBe('stop')
    nowMs = 900
    expect(signal()).toBe('echo')
    nowMs = 1100
    expect(signal()).toBe('force')
  })
})

describe('the plan in words', () => {
  const chat = testProbe({ probe: 'chat', type: 'chat', model: 'gpt-4.1-nano', everyMs: 300_000, billed: true })

  test('says what, how often, and what a day costs at most', () => {
    const probes = [testProbe(), chat]
    expect(
      planText({
        probes,
        controls: [],
        costPerDay: [{ provider: 'openai', usd: 0.123 }],
        budgetUsdPerDay: 1,
        notes: ['a note'],
      }),
    ).toEqual([
      'Measures 2 endpoints of 1 provider:',
      '  openai: reachability every 1 min, chat gpt-4.1-nano every 5 min (at most $0.12 a day)',
      'A day of it costs at most $0.12.',
      'note: a note',
    ])
  })

  test('says what is not known, and what is more than the budget', () => {
    const costPerDay = [
      { provider: 'openai', usd: 2 },
      { provider: 'other', usd: null },
    ]
    const controls = [{ name: 'control-1', origin: 'https://www.example.com', proxy: null }]
    const lines = planText({ probes: [chat], controls, costPerDay, budgetUsdPerDay: 1, notes: [] })
    expect(lines).toContain('A day of it costs at most $2.00, and what other charges, which is not known here.')
    expect(lines).toContain('That is more than the budget of $1.00 a day.')
    expect(lines).toContain('Asks whether the internet is there: https://www.example.com.')
  })

  test('says so when there is nothing', () => {
    expect(planText({ probes: [], controls: [], costPerDay: [], budgetUsdPerDay: 1, notes: [] })[0]).toContain(
      'No provider is measured',
    )
  })
})
