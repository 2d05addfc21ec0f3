import { CodedError } from '@llmstatus/shared/errors'
import { type ResultLine, readLine } from '@llmstatus/shared/result'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createSimulator, type Simulator } from '../../../simulator/src/simulator.ts'
import { okLine } from '../../test/test-probe.ts'
import type { Told } from '../config/testing/told.ts'
import { runCommand } from './testing/test-shell.ts'

let sim: Simulator
beforeAll(async () => {
  sim = await createSimulator({ only: ['openai', 'anthropic', 'ollama'], pace: { firstTokenMs: 8, perTokenMs: 2 } })
})
afterAll(() => sim.close())
beforeEach(() => sim.remove())

const http = (id: string) => sim.providers[id]?.http ?? ''
const credential = (id: string) => `  - { name: ${id}, provider: ${id}, origin: "${http(id)}", secret: "env:KEY" }\n`
const told = (more: Partial<Told> = {}): Told => ({
  env: { KEY: 'sk-secret-1', LLMSTATUS_TARGETS: `ollama=${http('ollama')}` },
  config: `credentials:\n${credential('openai')}${credential('anthropic')}`,
  ...more,
})
const once = (args: readonly string[] = [], more: Partial<Told> = {}) => runCommand(['once', ...args], told(more))

const lines = (out: string): readonly ResultLine[] =>
  out
    .split('\n')
    .filter(text => text !== '')
    .map(text => {
      const read = readLine(text)
      expect(read).toMatchObject({ ok: true, kind: 'result', dropped: 0 })
      return read.ok && read.kind === 'result' ? read.line : (undefined as never)
    })

describe('once', () => {
  test('measures what is configured, and exits with 0 when all is well', async () => {
    const { code, out, err } = await once()
    expect(out).toMatch(/^ {2}provider +model +probe +first token +total +tok\/s +cost\n/)
    expect(out.match(/^● (\S+) +(\S+) +(\S+)/gm)?.map(row => row.split(/ +/).slice(1, 4).join(' '))).toEqual([
      'anthropic – reachability',
      'anthropic claude-haiku-4-5 chat',
      'ollama – health',
      'openai – reachability',
      'openai gpt-4.1-nano chat',
    ])
    expect(out).toContain('All 5 answered.\n')
    expect(err).toMatch(/^note: keys found: anthropic, openai\n/)
    expect(err).toMatch(
      /Measures 5 probes of 3 providers once\. It costs at most \$\S+ together: anthropic \$\S+, openai/,
    )
    expect(code).toBe(0)
  })

  test('says what it costs before it asks anything', async () => {
    const { err } = await runCommand(['once'], told(), {
      measuring: async () => {
        throw new CodedError('usage', 'As far as this test wants to go.')
      },
    })
    expect(err).toMatch(/It costs at most .*\nAs far as this test wants to go\.\n$/)
  })

  test('runs every probe of the full suite against every dialect it has', async () => {
    const { code, out } = await once(['--suite', 'full', '--json'])
    expect(
      lines(out)
        .map(({ provider, probe, outcome }) => `${provider} ${probe} ${outcome}`)
        .toSorted(),
    ).toEqual([
      'anthropic challenge ok',
      'anthropic chat ok',
      'anthropic chat-medium ok',
      'anthropic reachability ok',
      'ollama health ok',
      'openai challenge ok',
      'openai chat ok',
      'openai chat-medium ok',
      'openai embeddings ok',
      'openai reachability ok',
    ])
    expect(code).toBe(0)
  })

  test('gives a chat of some length its tokens a second', async () => {
    const { out } = await once(['--suite', 'full', '--only', 'openai/chat-medium'])
    const row = out.split('\n')[1] ?? ''
    expect(Number(row.split(/ {2,}/).at(-2))).toBeGreaterThan(10)
  })

  test('with --json gives lines and nothing else on stdout, asked for manually', async () => {
    const { out, err } = await once(['--json'])
    expect(lines(out)).toHaveLength(5)
    expect(err).toContain('All 5 answered.\n')
    expect(lines(out).every(({ why }) => why === 'manual')).toBe(true)
    expect(new Set(lines(out).map(({ id }) => id)).size).toBe(5)
  })

  test('exits with 1 when something is not well, and says whose it is', async () => {
    await sim.put({ provider: 'openai', do: 'status', args: { code: 401 } })
    await sim.put({ provider: 'anthropic', do: 'status', args: { code: 529 } })
    const { code, out } = await once()
    expect(out).toMatch(
      /^⊘ openai .*\n⊘ openai .*\n {2}auth_rejected: .*\(HTTP 401, invalid_api_key\)\n {2}→ The key is refused\./m,
    )
    expect(out).toMatch(
      /^▲ anthropic .*\n▲ anthropic .*\n {2}overloaded: It has no capacity left\. \(HTTP 529\)\n[●⊘]/m,
    )
    expect(out).toContain('1 of 5 answered; 2 failed (anthropic), 2 yours to mend (openai).')
    expect(code).toBe(1)
  })

  test('finds out a canned answer', async () => {
    await sim.put({ provider: 'openai', do: 'wrong_answer' })
    const { code, out } = await once(['--suite', 'full', '--only', 'openai/challenge', '--json'])
    expect(lines(out)).toMatchObject([{ probe: 'challenge', outcome: 'wrong_answer', content: 'fail' }])
    expect(code).toBe(1)
  })

  test('never prints a key', async () => {
    await sim.put({ provider: 'openai', do: 'status', args: { code: 401 } })
    for (const args of [[], ['--json']]) expect(JSON.stringify(await once(args))).not.toContain('sk-secret-1')
  })

  test('ends within a second when it is asked to, with what was measured', async () => {
    await sim.put({ provider: 'openai', do: 'hang_first_byte' })
    const stop = Promise.withResolvers<void>()
    const startedMs = Date.now()
    const running = runCommand(['once', '--json'], told(), { stopAsked: () => stop.promise })
    while (sim.log().filter(({ provider, event }) => provider === 'openai' && event === 'request').length < 2)
      await new Promise(resolve => setImmediate(resolve))
    const askedMs = Date.now()
    stop.resolve()
    const { code, out } = await running
    expect(Date.now() - askedMs).toBeLessThan(1000)
    expect(Date.now() - startedMs).toBeLessThan(10_000)
    expect(lines(out).every(({ provider }) => provider !== 'openai')).toBe(true)
    expect(code).toBe(1)
  })
})

test('once that is asked to end before it began asks nothing', async () => {
  let asked = 0
  const { code, out } = await runCommand(['once'], told(), {
    stopAsked: async () => undefined,
    measuring: async () => ({
      probes: [],
      measure: async (probe, slot) => {
        asked += 1
        return okLine(probe, slot, slot.slotMs)
      },
      calibrate: async () => null,
      close: async () => undefined,
    }),
  })
  expect(asked).toBe(0)
  expect(out).toMatch(/^Nothing was measured\.\nStopped: 5 of 5 were not measured\.\n/)
  expect(code).toBe(1)
})

describe('what cannot be run', () => {
  test.each<[string, readonly string[], Partial<Told>, string]>([
    [
      'nothing at all',
      [],
      { env: {}, config: '' },
      'There is nothing to measure: no key was found, and no target is set.\n  → Set a key such as OPENAI_API_KEY, or LLMSTATUS_KEYLESS=major to see whether the major providers answer at all.\n',
    ],
    ['a name that nothing has', ['--only', 'opnai'], {}, 'Nothing here is called opnai.\n  → did you mean "openai"?\n'],
    ['a definition that is not there', ['--file', '/no.yaml'], {}, '--file: cannot read /no.yaml (ENOENT)\n'],
    [
      'a definition with a mistake',
      ['--file', '/d.yaml'],
      { files: { '/d.yaml': 'provider: openai\nprobe_type: chat\nmodel: m\nrequst: {}\n' } },
      '/d.yaml:1:1: request: a chat probe has request.messages',
    ],
    ['a suite that is none', ['--suite', 'ful'], {}, '--suite: there is no suite ful\n  → did you mean "full"?\n'],
    ['a configuration that is not there', ['--config', '/no.yaml'], {}, '--config: cannot read /no.yaml (ENOENT)\n'],
    ['a flag without its value', ['--only'], {}, '--only wants a GLOB.\n'],
    ['a flag with one it does not take', ['--json=yes'], {}, '--json takes no value.\n'],
    ['a word that has no place', ['openai'], {}, 'There is no argument openai.\n'],
  ])('is said: %s', async (_name, args, more, message) => {
    const { code, out, err } = await once(args, more)
    expect(err).toContain(message)
    expect(out).toBe('')
    expect(code).toBe(2)
  })
})

describe('on a terminal', () => {
  const screen = (hasColours: boolean) => ({ isTerminal: true, hasColours, columns: 80 })
  const onTerminal = (args: readonly string[], hasColours: boolean) =>
    runCommand(['once', ...args], told(), { screen: { out: screen(hasColours), err: screen(hasColours) } })

  test('one line on stderr says how far it is, and is gone at the end', async () => {
    const { err } = await onTerminal([], false)
    expect(err).toContain('\r\u001b[K5 of 5  ')
    expect(err.endsWith('\r\u001b[K')).toBe(true)
  })

  test('results of --json are not written over', async () => {
    const { out, err } = await onTerminal(['--json'], false)
    expect(lines(out)).toHaveLength(5)
    expect(err).not.toContain('\u001b[K')
  })

  test('states have colours, where they are wanted', async () => {
    expect((await onTerminal([], true)).out).toContain('\u001b[32m●\u001b[0m')
    expect((await onTerminal([], false)).out).not.toContain('\u001b')
  })
})
