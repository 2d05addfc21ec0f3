import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
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

it('the bundle of the prober lets no key leave, whatever proxies its process was started with', async () => {
  let connections = 0
  const trap = createServer(socket => {
    connections += 1
    socket.destroy()
  })
  await new Promise<void>(resolve => trap.listen(0, '127.0.0.1', resolve))
  const proxy = `http://127.0.0.1:${(trap.address() as AddressInfo).port}`
  const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'all_proxy']
  const env = { ...Object.fromEntries(names.map(name => [name, proxy])), NODE_USE_ENV_PROXY: '1' }

  const tried = run([join(folder, 'prober', 'main.js'), 'egress-test', '--json'], env, folder)
  expect(await tried.ended, tried.said().split('\n').slice(-8).join('\n')).toBe(0)
  expect(tried.said()).toMatch(/\d{3} cases, all as expected/)
  expect(connections).toBe(0)

  const once = run([join(folder, 'prober', 'main.js'), 'once'], { ...env, OPENAI_API_KEY: 'k' }, folder)
  expect(await once.ended).toBe(2)
  expect(once.said()).toContain('NODE_USE_ENV_PROXY')
  expect(connections).toBe(0)
  trap.close()
})
