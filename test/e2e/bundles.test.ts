import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import about from '../../package.json' with { type: 'json' }
import { root } from '../../tasks/root.ts'
import { run } from './running.ts'

/** What is shipped, taken out of the repository: nothing of it may be found by luck in node_modules. */
const folder = mkdtempSync(join(tmpdir(), 'llmstatus-bundles-'))

beforeAll(async () => {
  const build = run(['tasks/build.ts'])
  expect(await build.ended, build.said()).toBe(0)
  for (const program of ['prober', 'aggregator'])
    cpSync(join(root, program, 'dist'), join(folder, program), { recursive: true })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.each(['prober', 'aggregator'])('the bundle of the %s', program => {
  const start = (...args: string[]) => run([join(folder, program, 'main.js'), ...args], {}, folder)

  it('says its version', async () => {
    const asked = start('--version')
    expect(await asked.ended, asked.said()).toBe(0)
    expect(asked.said()).toContain(about.version)
  })

  it('says what it can do', async () => {
    const asked = start('--help')
    expect(await asked.ended, asked.said()).toBe(0)
    expect(asked.said()).toContain(`llmstatus-${program}`)
  })

  it('refuses an unknown command with code 2', async () => {
    const asked = start('no-such-command')
    expect(await asked.ended, asked.said()).toBe(2)
  })
})
