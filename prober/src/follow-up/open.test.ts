import { describe, expect, test } from 'vitest'
import { createDisk } from '../../test/crash-disk.ts'
import { okLine, testProbe } from '../../test/test-probe.ts'
import type { Log } from '../log.ts'
import type { Files } from '../spool/files.ts'
import { openFollowUps } from './open.ts'
import { loadUsual } from './usual-file.ts'

const probe = testProbe()
const hourUs = 3_600_000_000

const begin = async (files: Files) => {
  let monoUs = 0
  const said: string[] = []
  const log = { warn: (_: object, text: string) => void said.push(text) } as unknown as Log
  const followUps = await openFollowUps({
    files,
    probes: () => [probe],
    seed: 'seed',
    clock: { nowMs: () => 1000, monoUs: () => monoUs },
    wait: async () => undefined,
    log,
  })
  followUps.ended(probe, okLine(probe, { id: '1', slotMs: 0, why: 'schedule' }, 0))
  const kept = async () => (await loadUsual(files)).size
  const pass = (us: number) => {
    monoUs += us
  }
  return { ...followUps, kept, pass, said }
}

describe('the baseline', () => {
  test('is kept once an hour, and at the end', async () => {
    const { keep, pass, kept } = await begin(createDisk().files)
    await keep()
    expect(await kept()).toBe(0)
    pass(hourUs)
    await keep()
    expect(await kept()).toBe(1)
    const other = await begin(createDisk().files)
    await other.close()
    expect(await other.kept()).toBe(1)
  })

  test('on a disk that is full is said to be lost, and nothing stops', async () => {
    const disk = createDisk()
    const { close, said } = await begin(disk.files)
    disk.failAt(disk.operations() + 1, Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', syscall: 'write' }))
    await close()
    expect(said).toEqual(['what is usual here cannot be kept'])
  })
})
