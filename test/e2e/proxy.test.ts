import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ConnectProxy, serveConnectProxy } from '../../prober/src/tunnel/testing/connect-proxy.ts'
import { createSimulator, type Simulator } from '../../simulator/src/simulator.ts'
import { run } from './running.ts'

/** A corporate network: the only way out is a proxy that wants a password, and the authority is a private one. */

let sim: Simulator
let proxy: ConnectProxy
let folder = ''
beforeAll(async () => {
  sim = await createSimulator({ only: ['openai'], pace: { firstTokenMs: 20, perTokenMs: 2 } })
  proxy = await serveConnectProxy({ wants: 'me:proxy-pass-1' })
  folder = mkdtempSync(join(tmpdir(), 'llmstatus-proxy-'))
  writeFileSync(join(folder, 'ca.pem'), sim.ca)
  writeFileSync(join(folder, 'login'), 'me:proxy-pass-1\n', { mode: 0o600 })
})
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await proxy.close()
  await sim.close()
})

const key = 'k-secret-0123456789'
const once = (more: string) => {
  const { port } = new URL(sim.providers.openai?.https ?? '')
  const origin = `https://openai.simulator.test:${port}`
  const file = join(folder, 'prober.yaml')
  const credential = `name: openai, provider: openai, origin: "${origin}", secret: "env:KEY", ca_file: ca.pem`
  writeFileSync(file, `version: 1\ncredentials: [{ ${credential}, proxy: "${proxy.origin}"${more} }]\n`)
  return run(['prober/src/main.ts', 'once', '--json', '--config', file], {
    KEY: key,
    HTTPS_PROXY: 'http://127.0.0.1:1',
  })
}
const linesOf = (said: string) =>
  said
    .split('\n')
    .filter(text => text.startsWith('{'))
    .map(text => JSON.parse(text))

test('probes pass through it, which learns a host, a port and its own password', async () => {
  const running = once(', proxy_secret: "file:login"')
  await running.ended
  const lines = linesOf(running.said())
  expect(lines.length, running.said()).toBe(2)
  for (const line of lines) {
    expect(line).toMatchObject({ via_proxy: true, http_status: 200, us: { dns: null } })
    expect(['ok', 'prober_overloaded']).toContain(line.outcome)
  }
  const { port } = new URL(sim.providers.openai?.https ?? '')
  expect(new Set(proxy.asked())).toEqual(new Set([`openai.simulator.test:${port}`]))
  expect(proxy.seen() + proxy.heads().join()).not.toContain(key)
  expect(running.said()).not.toMatch(/proxy-pass-1|k-secret/)
})

test('without its password that is the problem of whoever set it up', async () => {
  const running = once('')
  expect(await running.ended).toBe(1)
  const lines = linesOf(running.said())
  expect(lines.length, running.said()).toBe(2)
  for (const line of lines)
    expect(line).toMatchObject({
      outcome: 'connect_failed',
      operation: 'proxy',
      errno: 'PROXY_407',
      signal: 'proxy_failed',
    })
})
