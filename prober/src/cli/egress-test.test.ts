import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { inputOf } from '../config/testing/told.ts'
import { runCorpus } from '../egress-test/run-corpus.ts'
import { clock } from '../testing/measuring.ts'
import { refuseUnsafe } from './refuse-unsafe.ts'
import { runCommand } from './testing/test-shell.ts'

const good = [
  '- { kind: control, at: provider, name: the sink sees it, allow: ok }',
  '- { kind: redirect, status: 307, to: "https://evil.example/", name: a redirect, deny: redirected }',
  '- { kind: ask, path: "/v1/\\u0007", listed: true, name: a bell, deny: path_leaves_origin }',
  '',
].join('\n')

const tryIt = (text: string, ...args: readonly string[]) => {
  const { dialects, ...folder } = inputOf({ files: { '/cases.yaml': text } })
  return runCommand(
    ['egress-test', '--corpus', '/cases.yaml', ...args],
    {},
    {
      folder,
      egressTest: {
        corpus: '',
        run: (cases, { judged }) =>
          runCorpus(cases, {
            clock,
            random: randomBytes,
            folder,
            dialects,
            refuseUnsafe: env => refuseUnsafe({ env, flags: [] }),
            judged,
          }),
      },
    },
  )
}

describe('egress-test', () => {
  it('says of every case what was tried, what came of it and why, and ends well', async () => {
    const { code, out } = await tryIt(good)
    expect(out).toMatch(/^a redirect +the provider answers 307 .* +deny +outcome +redirected +0$/m)
    expect(out).toContain('3 cases, all as expected: 2 denied, 1 allowed.\n')
    expect(out).toContain('it receives all 48 bytes of it.\n')
    expect(out).not.toContain('\u0007')
    expect(code).toBe(0)
  })

  it('is one object a case for a program', async () => {
    const { code, out, err } = await tryIt(good, '--json')
    const [control, redirect] = out
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(control).toMatchObject({
      kind: 'control',
      verdict: 'allow',
      key_bytes: 0,
      own_key_bytes: 48,
      as_expected: true,
    })
    expect(redirect).toEqual({
      case: 'a redirect',
      kind: 'redirect',
      tried: 'the provider answers 307 with location: https://evil.example/',
      verdict: 'deny',
      by: 'outcome',
      reason: 'redirected',
      key_bytes: 0,
      said_key_bytes: 0,
      own_key_bytes: 48,
      wrong: null,
      as_expected: true,
    })
    expect(err).toContain('3 cases, all as expected')
    expect(code).toBe(0)
  })

  it('ends badly where one case comes out otherwise, and names it', async () => {
    const { code, out } = await tryIt(good.replace('deny: redirected', 'deny: metadata'))
    expect(out).toContain('! a redirect: expected deny: metadata; it was deny: redirected\n')
    expect(out).toContain('3 cases, 2 as expected')
    expect(code).toBe(1)
  })

  it('ends badly where a key leaves', async () => {
    const leak = '- { kind: origin, at: credential, origin: "https://evil.example", name: a leak, allow: ok }\n'
    const { code, out } = await tryIt(leak)
    expect(out).toContain('A key was received where it has no business, or said.\n')
    expect(out).toContain('No control ran')
    expect(code).toBe(1)
  })

  it('says what is wrong with cases that somebody wrote', async () => {
    const { code, err } = await tryIt('- { kind: redirect, name: x, deny: y }\n')
    expect(err).toContain('/cases.yaml:1:3: [0].status: is missing')
    expect(code).toBe(2)
  })
})
