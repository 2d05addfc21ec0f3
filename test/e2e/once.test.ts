import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readLine } from '@llmstatus/shared/result'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createSimulator, type Simulator } from '../../simulator/src/simulator.ts'
import { eventually, run } from './running.ts'

/** `once` as a person runs it, from its own process: what it prints, what it exits with, and how it ends when asked. */

let sim: Simulator
let folder = ''
const config = () => join(folder, 'prober.yaml')
const once = (...args: string[]) => run(['prober/src/main.ts', 'once', '--config', config(), ...args], { KEY: 'k' })

beforeAll(async () => {
  sim = await createSimulator({ only: ['openai'], pace: { firstTokenMs: 20, perTokenMs: 2 } })
  folder = mkdtempSync(join(tmpdir(), 'llmstatus-once-'))
  const origin = sim.providers.openai?.http
  writeFileSync(
    config(),
    `version: 1\ncredentials: [{ name: openai, provider: openai, origin: "${origin}", secret: "env:KEY" }]\n`,
  )
})
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await sim.close()
})
beforeEach(() => sim.remove())

const asked = () => sim.log().filter(({ event }) => event === 'request').length

describe('once', () => {
  test('needs no aggregator, no identity and no data folder', async () => {
    const running = once('--json')
    const code = await running.ended
    const lines = running
      .said()
      .split('\n')
      .filter(text => text.startsWith('{'))
    expect(
      lines.map(text => readLine(text).ok),
      running.said(),
    ).toEqual([true, true])
    // a machine with a lot to do says so, and that is no success either
    const isWell = lines.every(text => JSON.parse(text).outcome === 'ok')
    expect(code).toBe(isWell ? 0 : 1)
  })

  test('says its price before it asks, and a table after', async () => {
    const running = once()
    await running.ended
    expect(running.said()).toMatch(
      /Measures 2 probes of 1 provider once\. It costs at most openai \$[\s\S]*^ {2}provider/m,
    )
  })

  test('ends within a second of Ctrl-C, with what was measured', async () => {
    await sim.put({ provider: 'openai', do: 'hang_first_byte' })
    const before = asked()
    const running = once()
    await eventually(running, async () => (asked() >= before + 2 ? true : undefined))
    const startedMs = Date.now()
    running.child.kill('SIGINT')
    expect(await running.ended).toBe(1)
    expect(Date.now() - startedMs).toBeLessThan(1000)
    expect(running.said()).toContain('Nothing was measured.\nStopped: 2 of 2 were not measured.\n')
  })

  test('exits with 2 where there is nothing to run or a file is wrong', async () => {
    const nothing = run(['prober/src/main.ts', 'once'])
    expect(await nothing.ended).toBe(2)
    expect(nothing.said()).toContain('There is nothing to measure')
    const wrong = once('--file', join(folder, 'none.yaml'))
    expect(await wrong.ended).toBe(2)
    expect(wrong.said()).toContain('--file: cannot read')
  })
})
