import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { lockFolder, type Processes } from './data-folder.ts'
import { lockDisk as disk } from './lock-disk.ts'
import { realProcesses } from './processes.ts'

const folder = mkdtempSync(join(tmpdir(), 'llmstatus-lock-'))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** A machine on which these pids live, by when they started. */
const machine = (pid: number, living: Readonly<Record<number, string>>, bootId = 'boot'): Processes => ({
  pid,
  bootId,
  startOf: each => living[each] ?? null,
})
const lock = (processes: Processes) => lockFolder({ disk, processes, folder })

describe('the data folder', () => {
  test('is refused to a second process, which is told whose it is', () => {
    const living = { 7: 'a', 8: 'b' }
    lock(machine(7, living))
    expect(() => lock(machine(8, living))).toThrow(expect.objectContaining({ code: 'data_dir_locked' }))
    expect(() => lock(machine(8, living))).toThrow('process 7')
    expect(readdirSync(folder)).toEqual(['lock'])
  })

  test('is free again after a release', () => {
    lock(machine(7, { 7: 'a', 8: 'b' }))()
    expect(readdirSync(folder)).toEqual([])
    expect(() => lock(machine(8, { 7: 'a', 8: 'b' }))).not.toThrow()
  })

  test('is taken over from a process that is dead, of another boot, or whose pid is somebody else now', () => {
    for (const next of [
      machine(8, { 8: 'b' }),
      machine(8, { 7: 'a', 8: 'b' }, 'another boot'),
      machine(8, { 7: 'later', 8: 'b' }),
      machine(7, { 7: 'later' }),
    ]) {
      lock(machine(7, { 7: 'a' }))
      const release = lock(next)
      expect(JSON.parse(readFileSync(join(folder, 'lock'), 'utf8'))).toMatchObject({ pid: next.pid })
      release()
    }
  })

  test('half a lock of somebody who died is no lock', () => {
    lock(machine(7, { 7: 'a' }))()
    writeFileSync(join(folder, 'lock'), '{"pid"')
    expect(() => lock(machine(8, { 8: 'b' }))).not.toThrow()
  })

  test('who was released late leaves the lock of the next one alone', () => {
    const release = lock(machine(7, { 7: 'a' }))
    lock(machine(8, { 8: 'b' }))
    release()
    expect(readdirSync(folder)).toEqual(['lock'])
  })

  test('a folder that cannot be written says so, and what to do', () => {
    const broken = { ...disk, write: () => fail('EROFS') }
    expect(() => lockFolder({ disk: broken, processes: machine(7, {}), folder })).toThrow(
      expect.objectContaining({ code: 'data_dir_unusable', message: expect.stringContaining('EROFS') }),
    )
  })

  test('a real process has a start, and one that is not there has none', () => {
    const { startOf, bootId } = realProcesses(process.pid)
    expect(bootId).not.toBe('')
    expect(startOf(process.pid)).toMatch(/^\d+$/)
    expect(startOf(4_194_999)).toBeNull()
  })
})

const fail = (code: string): never => {
  throw Object.assign(new Error(code), { code })
}
