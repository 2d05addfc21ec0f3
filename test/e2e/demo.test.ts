import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { run } from './running.ts'

const folder = mkdtempSync(join(tmpdir(), 'llmstatus-demo-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('npm run demo', () => {
  it('opens an incident during the outage, resolves it after, and ends by itself', async () => {
    const demo = run(['tasks/demo.ts', '--once', '--data', join(folder, 'data')])
    expect(await demo.ended, demo.said()).toBe(0)
    const told = demo
      .said()
      .split('\n')
      .filter(line => line.startsWith('demo'))
    const at = (words: string): number => told.findIndex(line => line.includes(words))
    expect(at('an incident opened'), demo.said()).toBeGreaterThan(at('an outage begins'))
    expect(at('the incident resolved'), demo.said()).toBeGreaterThan(at('is healed'))
  })
})
