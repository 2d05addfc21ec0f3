import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { testShell } from '../../test/test-shell.ts'
import { sentenceOf } from './replay.ts'

describe('replay, the command', () => {
  let folder = ''
  let env: Record<string, string> = {}
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'agg-'))
    writeFileSync(join(folder, 'p.yaml'), 'version: 1\n')
    writeFileSync(join(folder, 'bad.yaml'), 'version: 1\nincident: { failure: 2 }\n')
    env = { LLMSTATUS_DATA_DIR: join(folder, 'data') }
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const command = async (...args: readonly string[]) => {
    const { run, said } = testShell(env, 2)
    return { exit: await run(args), ...said }
  }
  const policy = () => join(folder, 'p.yaml')

  it('says what is wrong before it asks anybody', async () => {
    expect(await command('replay')).toMatchObject({ exit: 2 })
    const typo = await command('replay', '--policy', join(folder, 'bad.yaml'))
    expect([typo.exit, typo.err]).toEqual([2, expect.stringContaining('failures')])
    const noTime = await command('replay', '--policy', policy(), '--from', 'tuesday')
    expect([noTime.exit, noTime.err]).toEqual([2, expect.stringContaining('--from tuesday is no time')])
    const backwards = await command('replay', '--policy', policy(), '--from', '2026-11-20', '--to', '2026-11-19')
    expect(backwards.exit).toBe(2)
  })
})

describe('a difference', () => {
  const episode = (minute: number, impact: string) => ({
    id: null,
    opened_at: `2026-11-20T10:${minute}:00.000Z`,
    resolved_at: '2026-11-20T11:00:00.000Z',
    impact,
    reason: 'timeout',
  })

  it('is one sentence', () => {
    const [was, now] = [episode(42, 'minor'), episode(40, 'critical')]
    expect(sentenceOf('OpenAI', { is: 'changed', was, now, opens_s: -120, resolves_s: 0 })).toBe(
      'OpenAI, 2026-11-20 10:42 UTC (minor, timeout): opened 2 min earlier, critical instead of minor',
    )
    expect(sentenceOf('OpenAI', { is: 'not_opened', was, now: null, opens_s: null, resolves_s: null })).toBe(
      'OpenAI, 2026-11-20 10:42 UTC (minor, timeout): would not have opened',
    )
    expect(sentenceOf('OpenAI', { is: 'opened', was: null, now, opens_s: null, resolves_s: null })).toBe(
      'OpenAI, 2026-11-20 10:40 UTC (critical, timeout): would have opened',
    )
  })
})
