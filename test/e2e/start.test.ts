import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { freePort } from '../../tasks/free-port.ts'
import { eventually, type Running, run } from './running.ts'

const folder = mkdtempSync(join(tmpdir(), 'llmstatus start '))
const started: Running[] = []
afterEach(async () => {
  for (const each of started.splice(0)) {
    each.child.kill('SIGTERM')
    await each.ended
  }
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const npmStart = (port: number): Running => {
  const env = {
    LLMSTATUS_PORT: String(port),
    LLMSTATUS_HEALTH_PORT: '0',
    LLMSTATUS_DATA_DIR: join(folder, 'data'),
    LLMSTATUS_KEYLESS: 'none',
  }
  const running = run(['tasks/start.ts', '--env', join(folder, 'no such file')], env)
  started.push(running)
  return running
}

interface Status {
  readonly vantages: readonly { readonly id: string; readonly last_result_at: string | null }[]
  readonly providers: readonly unknown[]
}

/** The status, once a vantage has a result that is not older than `sinceMs`. */
const freshStatus = (running: Running, port: number, sinceMs: number): Promise<Status> =>
  eventually(running, async () => {
    const status = (await (await fetch(`http://127.0.0.1:${port}/api/v1/status`)).json()) as Status
    return status.vantages.some(each => Date.parse(each.last_result_at ?? '') >= sinceMs) ? status : undefined
  })

describe('npm start', () => {
  it('serves a fresh result of its own reference, ends on Ctrl-C with 0, and starts again with the same prober', async () => {
    const port = await freePort()
    const first = npmStart(port)
    const before = await freshStatus(first, port, Date.now() - 1000)
    expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200)
    expect(first.said()).toContain(`http://127.0.0.1:${port}`)
    expect(before.providers).toEqual([])
    first.child.kill('SIGINT')
    expect(await first.ended, first.said()).toBe(0)

    const again = npmStart(port)
    const after = await freshStatus(again, port, Date.now())
    expect(after.vantages.map(each => each.id)).toEqual(before.vantages.map(each => each.id))
    again.child.kill('SIGTERM')
    expect(await again.ended, again.said()).toBe(0)
    expect(readdirSync(join(folder, 'data')).filter(name => name.startsWith('.enrol'))).toEqual([])
  })

  it('says that the port is taken, in one line, and ends with 2', async () => {
    const port = await freePort()
    const other = await new Promise<Server>(resolve => {
      const server = createServer().listen(port, '127.0.0.1', () => resolve(server))
    })
    const running = npmStart(port)
    expect(await running.ended, running.said()).toBe(2)
    expect(running.said()).toMatch(new RegExp(`aggregator │ .*${port}`))
    expect(running.said()).not.toContain('prober     │')
    other.close()
  })
})
