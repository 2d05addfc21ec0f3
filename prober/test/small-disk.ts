import type { Files, LogFile } from '../src/spool/files.ts'
import { createDisk } from './crash-disk.ts'

/** A disk that others use too: what fits on it changes, and it can become read-only. Full, it takes half of what it is given. */
export interface SmallDisk {
  readonly files: Files
  readonly names: () => readonly string[]
  readonly freeBytes: (bytes: number) => void
  readonly readOnly: (on: boolean) => void
}

const failure = (code: string): Error => Object.assign(new Error(code), { code, syscall: 'write' })

export const createSmallDisk = (capacityBytes: number): SmallDisk => {
  const disk = createDisk()
  let room = capacityBytes
  let isReadOnly = false
  const size = (name: string) => (disk.names().includes(name) ? disk.bytes(name).length : 0)

  const changing = <T>(work: () => Promise<T>): Promise<T> => (isReadOnly ? Promise.reject(failure('EROFS')) : work())
  const taking = async (bytes: number, work: (most: number) => Promise<void>): Promise<void> => {
    const fits = Math.min(bytes, room)
    await work(fits)
    room -= fits
    if (fits < bytes) throw failure('ENOSPC')
  }

  const logFile = (file: LogFile): LogFile => ({
    ...file,
    append: bytes => changing(() => taking(bytes.length, most => file.append(bytes.subarray(0, most)))),
    sync: () => changing(file.sync),
  })

  return {
    names: disk.names,
    freeBytes: bytes => {
      room = bytes
    },
    readOnly: on => {
      isReadOnly = on
    },
    files: {
      ...disk.files,
      create: name => changing(async () => logFile(await disk.files.create(name))),
      overwrite: (name, bytes) =>
        changing(async () => {
          const more = Math.max(0, bytes.length - size(name))
          await taking(more, most => disk.files.overwrite(name, bytes.subarray(0, bytes.length - more + most)))
        }),
      rename: (from, to) =>
        changing(async () => {
          const freed = size(to)
          await disk.files.rename(from, to)
          room += freed
        }),
      remove: name =>
        changing(async () => {
          const freed = size(name)
          await disk.files.remove(name)
          room += freed
        }),
    },
  }
}
