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
  const nothing = { probes: [], controls: [], costPerDay: [], budgetUsdPerDay: 1, credentialLimits: [], notes: [] }
  const plan = (over: Partial<Parameters<typeof planText>[0]> = {}) => planText({ ...nothing, probes: [chat], ...over })
  const limits = { name: 'main', provider: 'openai', usdPerDay: null, requestsPerMinute: null }

  test('says what, how often, and what a day costs at most', () => {
    const probes = [testProbe(), chat]
    expect(plan({ probes, costPerDay: [{ provider: 'openai', usd: 0.123 }], notes: ['a note'] })).toEqual([
      'Measures 2 endpoints of 1 provider:',
      '  openai: reachability every 1 min, chat gpt-4.1-nano every 5 min (at most $0.12 a day)',
      'A day of it costs at most $0.12.',
      'The budget is $1.00 a day.',
      'note: a note',
    ])
  })

  test('says what is not known, what is more than the budget, and what to change', () => {
    const costPerDay = [
      { provider: 'openai', usd: 2.5 },
      { provider: 'other', usd: null },
    ]
    expect(plan({ costPerDay }).slice(-3)).toEqual([
      'A day of it costs at most $2.50, and what other charges, which is not known here.',
      'That is more than the budget of $1.00 a day.',
      'Once it is spent, what is billed is skipped until midnight UTC: set LLMSTATUS_BUDGET_USD_PER_DAY=3, or ask less often (LLMSTATUS_CHAT_EVERY).',
    ])
  })

  test('says where a key may spend less than its plan, or be asked less often', () => {
    const costPerDay = [{ provider: 'openai', usd: 0.5 }]
    const credentialLimits = [{ ...limits, usdPerDay: 0.25, requestsPerMinute: 1 }]
    expect(plan({ probes: [testProbe(), chat], costPerDay, credentialLimits }).slice(-4)).toEqual([
      'main may spend $0.25 a day, and its plan costs at most $0.50.',
      'Once it is spent, what is billed is skipped until midnight UTC: raise its usd_per_day, or ask less often.',
      'main may be asked 1 times a minute, and its plan asks 1.2 times.',
      'What is over that is skipped: raise its requests_per_minute, or ask less often.',
    ])
    expect(plan({ costPerDay, credentialLimits: [{ ...limits, usdPerDay: 0.5, requestsPerMinute: 1 }] })).toHaveLength(
      4,
    )
  })

  test('holds small amounts against each other as they are', () => {
    const costPerDay = [{ provider: 'openai', usd: 0.0042 }]
    expect(plan({ costPerDay, credentialLimits: [{ ...limits, usdPerDay: 0.001 }] })).toContain(
      'main may spend $0.001 a day, and its plan costs at most $0.0042.',
    )
  })

  test('says where nothing billed is sent at all', () => {
    const costPerDay = [{ provider: 'openai', usd: 0.5 }]
    expect(plan({ costPerDay, budgetUsdPerDay: 0 }).at(-1)).toBe('The budget is $0.00 a day: nothing billed is sent.')
    const credentialLimits = [{ ...limits, usdPerDay: 0 }]
    expect(plan({ costPerDay, credentialLimits }).at(-1)).toBe(
      'main may spend nothing: nothing billed is sent with it.',
    )
  })

  test('says whom it asks whether the internet is there', () => {
    const controls = [{ name: 'control-1', origin: 'https://www.example.com', proxy: null }]
    expect(plan({ controls })).toContain('Asks whether the internet is there: https://www.example.com.')
  })

  test('says whom it asks whether the internet is there', () => {
    const controls = [{ name: 'control-1', origin: 'https://www.example.com', proxy: null }]
    expect(plan({ controls })).toContain('Asks whether the internet is there: https://www.example.com.')
  })

  test('says so when there is nothing', () => {
    expect(plan({ probes: [] })[0]).toContain('No provider is measured')
  })
})
