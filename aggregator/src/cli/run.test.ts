import { describe, expect, it } from 'vitest'
import { testShell } from '../../test/test-shell.ts'

const command = async (line: string, env: Readonly<Record<string, string>> = {}) => {
  const { run, said } = testShell(env)
  const exit = await run(line.split(' ').filter(Boolean))
  return { exit, ...said }
}

const { commands } = testShell({})

describe('the command line', () => {
  it('without a command says what there is, and exits 2', async () => {
    const { exit, err, out } = await command('')
    expect([exit, out]).toEqual([2, ''])
    for (const { name } of commands) expect(err).toContain(name)
  })

  it('has help with an example for every command', async () => {
    expect((await command('--help')).exit).toBe(0)
    for (const { name } of commands) {
      const { exit, out } = await command(`${name} --help`)
      expect([name, exit]).toEqual([name, 0])
      expect(out).toMatch(new RegExp(`Examples:\\n  .*llmstatus-aggregator ${name}`))
    }
  })

  it('knows its version', async () => {
    expect(await command('--version')).toMatchObject({ exit: 0, out: '0.1.0-test\n' })
  })

  it.each([
    ['serv', 'There is no command serv.\n  → Did you mean serve?\n'],
    ['enrol-tokn', 'There is no command enrol-tokn.\n  → Did you mean enrol-token create?\n'],
    ['probers', 'There is no command probers.\n  → probers has: list, approve, revoke, release\n'],
    ['probers aprove eu-1', 'There is no command probers aprove.\n  → Did you mean probers approve?\n'],
    ['fly --high', 'There is no command fly.\n  → See --help.\n'],
    ['probers approve', 'probers approve takes PROBER [--json].\n  → See probers approve --help.\n'],
    ['probers list now', 'probers list takes [--json].\n  → See probers list --help.\n'],
    ['serve --loud', "serve: Unknown option '--loud'\n  → See serve --help.\n"],
    ['enrol-token create --ttl soon', '--ttl: soon is not a duration from 1s to 8784h, such as 30m or 24h.\n'],
  ])('%s is one clear line and exit 2', async (line, err) => {
    expect(await command(line)).toEqual({ exit: 2, out: '', err, log: '' })
  })

  it.each(commands)('$name refuses an environment with a name that nobody knows', async ({ name, words }) => {
    const line = [name, ...Array(words[0]).fill('x')].join(' ')
    const { exit, err } = await command(line, { LLMSTATUS_PROT: '1' })
    expect([exit, err]).toEqual([2, 'LLMSTATUS_PROT: there is no such variable\n  → did you mean LLMSTATUS_PORT?\n'])
  })

  it('health is 1 where nobody answers', async () => {
    expect(await command('health', { LLMSTATUS_PORT: '1' })).toMatchObject({
      exit: 1,
      err: 'Nobody answers on http://127.0.0.1:1/readyz.\n',
    })
  })
})
