import { describe, expect, test } from 'vitest'
import type { Told } from '../config/testing/told.ts'
import { runCommand } from './testing/test-shell.ts'

const told: Told = {
  env: {
    OPENAI_API_KEY: 'sk-secret-1',
    LLMSTATUS_SUITE: 'full',
    LLMSTATUS_TARGETS: 'vllm=http://10.0.0.1:8000',
    LLMSTATUS_KEYLESS: 'major',
  },
}
const run = (args: string, more: Partial<Told> = {}, nowMs = Date.parse('2026-08-01')) =>
  runCommand(args.split(' '), { ...told, ...more }, { nowMs: () => nowMs })

describe('definitions list', () => {
  test('has every provider, whether its key is here, its price and what a day of each suite costs', async () => {
    const { code, out } = await run('definitions list')
    expect(out).toMatch(/^provider +key +chats with +\$\/M in\/out +as of +standard\/day +full\/day\n/)
    expect(out).toMatch(/^openai +keyed +gpt-4\.1-nano +0\.1\/0\.4 +2026-07-02 +\$0\.0019 +\$0\.017$/m)
    expect(out).toMatch(/^anthropic +keyless +claude-haiku-4-5 /m)
    expect(out).toContain('reachability costs nothing with any of them\n')
    expect(code).toBe(0)
  })

  test('has every probe that would run here, how often and for how much', async () => {
    const { out } = await run('definitions list')
    const [, probes = ''] = out.split('\n\n')
    expect(probes).toMatch(/^openai +gpt-4\.1-nano +chat-medium +15 min +keyed +2026-07-02 +\$0\.010$/m)
    expect(probes).toMatch(/^vllm +– +health +30 s +keyless +– +\$0$/m)
    expect(probes).toMatch(/^groq +– +reachability +1 min +keyless +– +\$0$/m)
  })

  test('marks prices that nobody has looked at for four months', async () => {
    expect((await run('definitions list')).out).not.toMatch(/^openai .* !/m)
    const later = await run('definitions list', {}, Date.parse('2027-01-20'))
    expect(later.out).toMatch(/^openai +keyed +gpt-4\.1-nano +0\.1\/0\.4 +2026-07-02 ! /m)
    expect(later.out).toContain('! was looked at more than 120 days ago')
  })

  test('is one object for a program', async () => {
    const { out } = await run('definitions list --json')
    const { providers, probes } = JSON.parse(out)
    expect(providers.find(({ id }: { id: string }) => id === 'openai')).toMatchObject({
      key: 'keyed',
      model: 'gpt-4.1-nano',
      price: { input: 0.1, output: 0.4, as_of: '2026-07-02', stale: false },
      suites_usd_per_day: { reachability: 0, standard: expect.any(Number), full: expect.any(Number) },
    })
    expect(probes.find(({ probe }: { probe: string }) => probe === 'embeddings')).toMatchObject({
      provider: 'openai',
      model: 'text-embedding-3-small',
      every_ms: 900_000,
      billed: true,
      key: 'keyed',
      usd_per_day: expect.any(Number),
    })
  })

  test('says what would run with another suite, or with a definition', async () => {
    const probesOf = async (args: string, more: Partial<Told> = {}) =>
      JSON.parse((await run(args, more)).out).probes.map(
        ({ provider, probe }: Record<string, string>) => `${provider} ${probe}`,
      )
    expect(await probesOf('definitions list --json --suite reachability')).toContain('openai reachability')
    const files = { '/d.yaml': 'provider: openai\nprobe_type: reachability\nname: mine\n' }
    expect(await probesOf('definitions list --json --file /d.yaml', { files })).toEqual(['openai mine'])
  })

  test('says so where nothing would run', async () => {
    const { code, out } = await run('definitions list', { env: {} })
    expect(out).toContain('\n\nNo probe would run here: no key was found, and no target is set.\n')
    expect(code).toBe(0)
  })
})

describe('definitions show', () => {
  test('shows a provider file, with what it costs and whether its key is here', async () => {
    const { code, out } = await run('definitions show openai')
    expect(out).toMatch(/^id: openai\nname: OpenAI\nkind: hosted\norigin: https:\/\/api\.openai\.com\n/)
    expect(out).toContain('key: keyed\nsuites_usd_per_day:\n  reachability: 0\n')
    expect(code).toBe(0)
  })

  test('shows what a probe asks and expects', async () => {
    const { out } = await run('definitions show openai/challenge')
    expect(out).toContain(
      'asks: POST https://api.openai.com/v1/chat/completions\nconnection: cold\nproxy: –\nkey_header: authorization\n',
    )
    expect(out).toContain('What was the mark of the tea?')
    expect(out).toContain('expected:\n  response_contains: {{nonce}}\n')
  })

  test('shows all that a name stands for, an object a line for a program', async () => {
    const { out } = await run('definitions show reachability --json')
    expect(
      out
        .trimEnd()
        .split('\n')
        .map(line => JSON.parse(line)),
    ).toHaveLength(1)
    const many = await run('definitions show openai/* --json')
    expect(
      many.out
        .trimEnd()
        .split('\n')
        .map(line => JSON.parse(line).probe),
    ).toEqual(['reachability', 'chat', 'chat-medium', 'embeddings', 'challenge'])
  })

  test('never shows a key', async () => {
    for (const args of ['definitions show openai', 'definitions show openai/*', 'definitions list'])
      for (const form of ['', ' --json']) expect((await run(args + form)).out).not.toContain('sk-secret-1')
  })

  test.each([
    ['definitions show', 'definitions show wants one NAME.'],
    ['definitions show a b', 'definitions show wants one NAME.'],
    ['definitions show opneai', 'is called opneai.\n  → did you mean "openai"?'],
    ['definitions show xyzzy', 'is called xyzzy.\n  → `definitions list` has them all'],
    ['definitions', 'definitions is not a command by itself.\n  → It has: list, show, validate'],
    ['definitions shwo', 'There is no command definitions shwo.\n  → did you mean "show"?'],
    ['calibarte', 'There is no command calibarte.\n  → did you mean "calibrate"?'],
  ])('%s is explained', async (args, message) => {
    const { code, err } = await run(args)
    expect(err).toContain(message)
    expect(code).toBe(2)
  })
})

describe('definitions validate', () => {
  const files = {
    '/good.yaml': 'provider: acme\nprobe_type: reachability\n',
    '/bad.yaml': 'provider: acme\nprobe_type: reachabilty\nevry: 5m\n',
  }

  test('says of every file what it is, and exits with 0 when all are good', async () => {
    const { code, out, err } = await run('definitions validate /good.yaml', { files })
    expect(out).toBe('/good.yaml: probe definition, nothing wrong\n')
    expect(err).toBe('')
    expect(code).toBe(0)
  })

  test('says what is wrong with each at its line, goes on, and exits with 2', async () => {
    const { code, out, err } = await run('definitions validate /bad.yaml /none.yaml /good.yaml', { files })
    expect(err).toBe(
      [
        '/bad.yaml:2:13: probe_type: is not one of reachability, chat, embeddings, http, tcp (did you mean "reachability"?)',
        '/bad.yaml:3:1: evry: is not a known key (did you mean "every"?)',
        '/none.yaml: cannot be read (ENOENT)',
        '',
      ].join('\n'),
    )
    expect(out).toBe('/good.yaml: probe definition, nothing wrong\n')
    expect(code).toBe(2)
  })

  test('is an object a file for a program', async () => {
    const { code, out } = await run('definitions validate --json /bad.yaml /good.yaml', { files })
    expect(
      out
        .trimEnd()
        .split('\n')
        .map(line => JSON.parse(line)),
    ).toEqual([
      {
        file: '/bad.yaml',
        kind: 'probe definition',
        ok: false,
        errors: [expect.stringContaining('/bad.yaml:2:13'), expect.stringContaining('/bad.yaml:3:1')],
        hint: null,
      },
      { file: '/good.yaml', kind: 'probe definition', ok: true, errors: [], hint: null },
    ])
    expect(code).toBe(2)
  })

  test('wants a file', async () => {
    expect(await run('definitions validate')).toMatchObject({ code: 2, out: '' })
  })
})
