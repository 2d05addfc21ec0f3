import { describe, expect, test } from 'vitest'
import { createFakeClock } from '../../test/fake-clock.ts'
import { loadSettings, type ProberSettings } from '../config/settings.ts'
import { inputOf, openai } from '../config/testing/told.ts'
import type { Log } from '../log.ts'
import { type Files, readAndNote, startReloading } from './reloading.ts'

const yaml = (rest: string) => `version: 1\n${rest}`
const credential = 'credentials: [{ name: o, provider: openai, secret: "file:key" }]\n'

/** Files that can be written while the prober runs; each write is another stamp. */
const begin = async (first: Record<string, string>) => {
  const fake = createFakeClock(0, { sleepers: 1 })
  const disk = new Map(Object.entries(first))
  const stamps = new Map<string, number>()
  const write = (path: string, text: string) => {
    disk.set(path, text)
    stamps.set(path, (stamps.get(path) ?? 0) + 1)
  }
  const said: string[] = []
  const applied: ProberSettings[] = []
  let hangup = (): void => undefined
  const reads: string[] = []
  const input = inputOf({ env: { ...openai, LLMSTATUS_CONFIG: '/etc/prober.yaml' } })
  const shell = {
    folder: input,
    wait: fake.wait,
    stampOf: (path: string) => `${disk.has(path)} ${stamps.get(path)}`,
    onHangup: (hear: () => void) => {
      hangup = hear
    },
    settings: async (_said: unknown, noted?: (path: string) => void) =>
      loadSettings({
        ...input,
        readFile: path => {
          noted?.(path)
          if (path.startsWith(input.definitionsDir)) return input.readFile(path)
          reads.push(path)
          const text = disk.get(path)
          if (text === undefined) throw Object.assign(new Error(path), { code: 'ENOENT' })
          return text
        },
      }),
  }
  const files: Files = new Map()
  await readAndNote(shell, files)
  const log = { error: (_fields: unknown, words: string) => void said.push(words) } as unknown as Log
  const reloading = startReloading({ shell, log, files, apply: async settings => void applied.push(settings) })
  const stop = () => {
    fake.nobodySleeps()
    return reloading.stop()
  }
  return {
    ...fake,
    write,
    remove: (path: string) => disk.delete(path),
    said,
    applied,
    reads,
    hangup: () => hangup(),
    stop,
  }
}

describe('the configuration', () => {
  test('is not read again while nothing changes', async () => {
    const run = await begin({ '/etc/prober.yaml': yaml('') })
    await run.pass(60_000)
    expect([run.applied, run.reads]).toEqual([[], ['/etc/prober.yaml']])
    await run.stop()
  })

  test('is read again within seconds of a change, once', async () => {
    const run = await begin({ '/etc/prober.yaml': yaml('') })
    run.write('/etc/prober.yaml', yaml('suite: reachability\n'))
    await run.pass(10_000)
    expect(run.applied.map(({ probes }) => probes.length)).toEqual([1])
    await run.pass(60_000)
    expect(run.applied).toHaveLength(1)
    await run.stop()
  })

  test('is left alone while somebody writes it', async () => {
    const run = await begin({ '/etc/prober.yaml': yaml('') })
    for (let times = 0; times < 5; times++) {
      run.write('/etc/prober.yaml', yaml('suite: reacha'))
      await run.pass(2000)
    }
    expect([run.applied, run.said]).toEqual([[], []])
    run.write('/etc/prober.yaml', yaml('suite: reachability\n'))
    await run.pass(6000)
    expect([run.applied.length, run.said]).toEqual([1, []])
    await run.stop()
  })

  test('is read again when a file with a secret changes, and when a definition does', async () => {
    const definition = 'provider: openai\nprobe_type: reachability\nname: edge\n'
    const run = await begin({
      '/etc/prober.yaml': yaml(`${credential}probes: [edge.yaml]\n`),
      '/etc/key': 'sk-1',
      '/etc/edge.yaml': definition,
    })
    run.write('/etc/key', 'sk-2')
    await run.pass(10_000)
    expect(run.applied).toHaveLength(1)
    run.write('/etc/edge.yaml', `${definition}every: 10m\n`)
    await run.pass(10_000)
    expect(run.applied[1]?.probes.find(({ probe }) => probe === 'edge')?.everyMs).toBe(600_000)
    await run.stop()
  })

  test('that is wrong changes nothing, is said once with its place, and is taken when it is mended', async () => {
    const run = await begin({ '/etc/prober.yaml': yaml('') })
    run.write('/etc/prober.yaml', yaml('siute: full\n'))
    await run.pass(60_000)
    expect(run.applied).toEqual([])
    expect(run.said).toEqual([
      'the configuration was not taken, the one before goes on: /etc/prober.yaml:2:1: siute: is not a known key',
    ])
    run.write('/etc/prober.yaml', yaml('suite: full\n'))
    await run.pass(10_000)
    expect(run.applied).toHaveLength(1)
    await run.stop()
  })

  test('that names a file which is not there yet is taken when the file comes', async () => {
    const run = await begin({ '/etc/prober.yaml': yaml('') })
    run.write('/etc/prober.yaml', yaml(credential))
    await run.pass(10_000)
    expect([run.applied.length, run.said.length]).toEqual([0, 1])
    run.write('/etc/key', 'sk-1')
    await run.pass(10_000)
    expect([run.applied.length, run.said.length]).toEqual([1, 1])
    await run.stop()
  })

  test('is read again at once when somebody asks for it, changed or not', async () => {
    const run = await begin({ '/etc/prober.yaml': yaml('') })
    await run.pass(1)
    run.hangup()
    await run.pass(1)
    expect(run.applied).toHaveLength(1)
    await run.stop()
  })

  test('that is gone is an error, and what runs goes on', async () => {
    const run = await begin({ '/etc/prober.yaml': yaml('') })
    run.remove('/etc/prober.yaml')
    await run.pass(10_000)
    expect(run.said).toEqual([expect.stringContaining('cannot read /etc/prober.yaml (ENOENT)')])
    await run.stop()
  })

  test('that cannot be taken for a reason nobody foresaw ends the program', async () => {
    const fake = createFakeClock(0)
    const broken = {
      folder: inputOf({}),
      wait: fake.wait,
      stampOf: () => '',
      onHangup: (hear: () => void) => hear(),
      settings: () => Promise.reject(new TypeError('a bug')),
    }
    const log = { error: () => undefined } as unknown as Log
    const reloading = startReloading({ shell: broken, log, files: new Map(), apply: async () => undefined })
    await expect(reloading.ended).rejects.toThrow('a bug')
    await reloading.stop()
  })
})
