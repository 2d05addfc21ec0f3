import type { Files, LogFile } from '../src/spool/files.ts'

/**
 * A disk that keeps exactly what was promised and no more. Bytes that were not synced survive a crash in part, names
 * that were not synced survive it or not, each decided by `choose`; and any operation can be the last one.
 */
export interface CrashDisk {
  readonly files: Files
  /** Operations so far that could have failed. */
  readonly operations: () => number
  /** From this operation on nothing works any more, until `crash`. */
  readonly failAt: (operation: number, error?: Error) => void
  readonly heal: () => void
  /** Power is gone: what is left is the disk of the next start. */
  readonly crash: (choose: (most: number) => number) => CrashDisk
  /** The bytes of a file, to spoil them. */
  readonly bytes: (name: string) => Buffer
  readonly names: () => readonly string[]
}

interface Inode {
  bytes: Buffer
  durable: Buffer
}

type NameChange = (names: Map<string, Inode>) => void

export const createDisk = (initial: ReadonlyMap<string, Buffer> = new Map()): CrashDisk => {
  const inodes = [...initial].map(([name, bytes]) => [name, { bytes, durable: Buffer.from(bytes) }] as const)
  const names = new Map<string, Inode>(inodes)
  const durable = new Map<string, Inode>(inodes)
  let changes: NameChange[] = []
  let operations = 0
  let failing: { readonly at: number; readonly error: Error } | null = null

  const act = async <T>(work: () => T): Promise<T> => {
    operations += 1
    if (failing !== null && operations >= failing.at) throw failing.error
    return work()
  }
  const change = (apply: NameChange): void => {
    apply(names)
    changes.push(apply)
  }
  const inode = (name: string): Inode => {
    const found = names.get(name)
    if (found === undefined) throw Object.assign(new Error(`ENOENT: ${name}`), { code: 'ENOENT' })
    return found
  }

  const logFile = (file: Inode): LogFile => ({
    append: async bytes => {
      // The step that fails may have written some of it.
      const half = bytes.subarray(0, Math.floor(bytes.length / 2))
      await act(() => undefined).catch(error => {
        file.bytes = Buffer.concat([file.bytes, half])
        throw error
      })
      file.bytes = Buffer.concat([file.bytes, bytes])
    },
    sync: () =>
      act(() => {
        file.durable = Buffer.from(file.bytes)
      }),
    close: async () => undefined,
  })

  const create = (name: string): Inode => {
    if (names.has(name)) throw Object.assign(new Error(`EEXIST: ${name}`), { code: 'EEXIST' })
    const file: Inode = { bytes: Buffer.alloc(0), durable: Buffer.alloc(0) }
    change(at => at.set(name, file))
    return file
  }

  const files: Files = {
    list: async () => [...names].map(([name, { bytes }]) => ({ name, sizeBytes: bytes.length })),
    read: async name => Buffer.from(inode(name).bytes),
    create: name => act(() => logFile(create(name))),
    overwrite: async (name, bytes) => {
      const file = names.get(name) ?? (await act(() => create(name)))
      const over = (part: Uint8Array) => Buffer.concat([part, file.bytes.subarray(part.length)])
      await act(() => undefined).catch(error => {
        file.bytes = over(bytes.subarray(0, Math.floor(bytes.length / 2)))
        throw error
      })
      file.bytes = over(bytes)
      await act(() => {
        file.durable = Buffer.from(file.bytes)
      })
    },
    rename: (from, to) =>
      act(() => {
        const file = inode(from)
        change(at => {
          at.delete(from)
          at.set(to, file)
        })
      }),
    remove: name => act(() => change(at => at.delete(name))),
    syncFolder: () =>
      act(() => {
        for (const apply of changes) apply(durable)
        changes = []
      }),
  }

  return {
    files,
    operations: () => operations,
    failAt: (at, error = new Error('the power is gone')) => {
      failing = { at, error }
    },
    heal: () => {
      failing = null
    },
    crash: choose => {
      for (const apply of changes) if (choose(1) === 1) apply(durable)
      return createDisk(new Map([...durable].map(([name, file]) => [name, survivor(file, choose)])))
    },
    bytes: name => inode(name).bytes,
    names: () => [...names.keys()],
  }
}

/** Of an unsynced change any prefix may have reached the disk. */
const survivor = ({ bytes, durable }: Inode, choose: (most: number) => number): Buffer => {
  let same = 0
  while (same < Math.min(bytes.length, durable.length) && bytes[same] === durable[same]) same += 1
  const changed = bytes.length - same
  const kept = same + (changed === 0 ? 0 : choose(changed))
  return Buffer.concat([bytes.subarray(0, kept), durable.subarray(kept)])
}
