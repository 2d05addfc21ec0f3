import { describe, expect, it } from 'vitest'
import { type LockDisk, lockFolder, type Processes } from './data-folder.ts'

const failed = (code: string) => Object.assign(new Error(code), { code })

const memoryDisk = (files = new Map<string, string>()): LockDisk & { readonly files: Map<string, string> } => {
  const there = (path: string): string => {
    const text = files.get(path)
    if (text === undefined) throw failed('ENOENT')
    return text
  }
  return {
    files,
    makeFolder: () => undefined,
    read: there,
    write: (path, text) => void files.set(path, text),
    link: (from, to) => {
      if (files.has(to)) throw failed('EEXIST')
      files.set(to, there(from))
    },
    rename: (from, to) => {
      files.set(to, there(from))
      files.delete(from)
    },
    remove: path => void files.delete(path),
  }
}

const process = (pid: number, running: Readonly<Record<number, string>>, bootId = 'boot-1'): Processes => ({
  pid,
  bootId,
  startOf: each => running[each] ?? null,
})

const lock = (disk: LockDisk, processes: Processes) => lockFolder({ disk, processes, folder: '/data' })

describe('the lock of a data folder', () => {
  it('keeps a second process out while the first one lives, and is gone when it lets go', () => {
    const disk = memoryDisk()
    const release = lock(disk, process(7, { 7: 'a' }))
    expect(() => lock(disk, process(8, { 7: 'a', 8: 'b' }))).toThrow(
      expect.objectContaining({ code: 'data_dir_locked', exit: 2, message: expect.stringContaining('process 7') }),
    )
    release()
    expect([...disk.files.keys()]).toEqual([])
    lock(disk, process(8, { 8: 'b' }))
  })

  it.each([
    ['of a process that is gone', process(8, { 8: 'b' })],
    ['whose pid somebody else got since', process(8, { 7: 'later', 8: 'b' })],
    ['of our own pid, from before a container started again', process(7, { 7: 'later' })],
    ['from before the machine started again', process(8, { 7: 'a', 8: 'b' }, 'boot-2')],
  ])('%s is taken over', (_what, next) => {
    const disk = memoryDisk()
    lock(disk, process(7, { 7: 'a' }))
    lock(disk, next)
    expect(JSON.parse(disk.read('/data/lock'))).toMatchObject({ pid: next.pid, boot: next.bootId })
    expect([...disk.files.keys()]).toEqual(['/data/lock'])
  })

  it('that was cut in the middle of a write is taken over', () => {
    const disk = memoryDisk(new Map([['/data/lock', '{"pid":']]))
    lock(disk, process(7, { 7: 'a' }))
    expect(JSON.parse(disk.read('/data/lock')).pid).toBe(7)
  })

  it('stays with whoever took it over first', () => {
    const disk = memoryDisk()
    lock(disk, process(7, { 7: 'a' }))
    const faster = memoryDisk(disk.files)
    const slow: LockDisk = {
      ...disk,
      rename: (from, to) => {
        lock(faster, process(8, { 8: 'b', 9: 'c' }))
        disk.rename(from, to)
      },
    }
    expect(() => lock(slow, process(9, { 8: 'b', 9: 'c' }))).toThrow(
      expect.objectContaining({ code: 'data_dir_locked' }),
    )
    expect(JSON.parse(disk.read('/data/lock')).pid).toBe(8)
  })

  it('is not let go by somebody who no longer has it', () => {
    const disk = memoryDisk()
    const release = lock(disk, process(7, { 7: 'a' }))
    lock(disk, process(8, { 8: 'b' }))
    release()
    expect(JSON.parse(disk.read('/data/lock')).pid).toBe(8)
  })

  it('is refused where the folder cannot be written', () => {
    const disk: LockDisk = {
      ...memoryDisk(),
      makeFolder: () => {
        throw failed('EACCES')
      },
    }
    expect(() => lock(disk, process(7, { 7: 'a' }))).toThrow(
      expect.objectContaining({ code: 'data_dir_unusable', message: expect.stringContaining('EACCES') }),
    )
  })

  it('is refused, and leaves nothing behind, on a disk that takes a name and then not a byte', () => {
    const disk = memoryDisk()
    const full: LockDisk = {
      ...disk,
      write: (path, text) => {
        disk.write(path, '')
        if (text !== '') throw failed('ENOSPC')
      },
    }
    expect(() => lock(full, process(7, { 7: 'a' }))).toThrow(
      expect.objectContaining({ code: 'data_dir_unusable', exit: 2, hint: expect.stringContaining('Make room') }),
    )
    expect([...disk.files.keys()]).toEqual([])
  })
})
