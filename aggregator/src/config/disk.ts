import {
  closeSync,
  copyFileSync,
  createReadStream,
  fsyncSync,
  lstatSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statfsSync,
} from 'node:fs'
import { copyFile, open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { errnoOf } from './files.ts'

/** Files too large for memory, and whole folders: the adapter beside files.ts. */
export interface Disk {
  readonly chunks: (path: string) => AsyncIterable<Uint8Array>
  readonly sizeOf: (path: string) => number
  /** Under another name until it is whole: at this path there is never half of it. 0600. */
  readonly writeWhole: (path: string) => Promise<WholeFile>
  /** Everything under a folder, by its path in it; a folder stands before what is in it. */
  readonly tree: (folder: string) => readonly Entry[]
  /** In the background. False where it is gone by now. */
  readonly copy: (from: string, to: string) => Promise<boolean>
  /** At once, while nothing else of this process runs. */
  readonly copyNow: (from: string, to: string) => void
  readonly removeTree: (folder: string) => void
  /** That all of it is there also after the power went. */
  readonly settleTree: (folder: string) => Promise<void>
  readonly freeBytes: (folder: string) => number
}

export interface WholeFile {
  readonly write: (bytes: Uint8Array) => Promise<void>
  readonly finish: () => Promise<void>
  /** As if it had never been begun. */
  readonly discard: () => Promise<void>
}

export interface Entry {
  readonly path: string
  readonly kind: 'file' | 'folder'
  readonly bytes: number
}

const chunkBytes = 1 << 20

export const realDisk: Disk = {
  chunks: path => createReadStream(path, { highWaterMark: chunkBytes }),
  sizeOf: path => lstatSync(path).size,
  writeWhole: path => writeWhole(path),
  tree: folder => treeOf(folder, ''),
  copy: (from, to) =>
    copyFile(from, to).then(
      () => true,
      error => {
        if (errnoOf(error) === 'ENOENT') return false
        throw error
      },
    ),
  copyNow: copyFileSync,
  removeTree: folder => rmSync(folder, { recursive: true, force: true }),
  settleTree: async folder => {
    const waiting = treeOf(folder, '').map(({ path }) => join(folder, path))
    // side by side, the system settles many of them with one write
    const settleNext = async (): Promise<void> => {
      for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) await settleOne(path)
    }
    await Promise.all(Array.from({ length: 32 }, settleNext))
    settle(folder)
    settle(dirname(folder))
  },
  freeBytes: folder => {
    const { bavail, bsize } = statfsSync(folder)
    return bavail * bsize
  },
}

const writeWhole = async (path: string): Promise<WholeFile> => {
  const draft = `${path}.part`
  rmSync(draft, { force: true })
  const file = await open(draft, 'wx', 0o600)
  return {
    write: async bytes => {
      for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at)).bytesWritten
    },
    finish: async () => {
      await file.sync()
      await file.close()
      renameSync(draft, path)
      settle(dirname(path))
    },
    discard: async () => {
      await file.close()
      rmSync(draft, { force: true })
    },
  }
}

/** What goes away while it is looked at is not there. */
const treeOf = (root: string, under: string): readonly Entry[] =>
  readdirSync(join(root, under)).flatMap((name): readonly Entry[] => {
    const path = join(under, name)
    const found = lstatSync(join(root, path), { throwIfNoEntry: false })
    if (found === undefined) return []
    if (found.isDirectory()) return [{ path, kind: 'folder', bytes: 0 }, ...treeOf(root, path)]
    return found.isFile() ? [{ path, kind: 'file', bytes: found.size }] : []
  })

const settleOne = async (path: string): Promise<void> => {
  const file = await open(path, 'r')
  await file.sync().finally(() => file.close())
}

const settle = (path: string): void => {
  const opened = openSync(path, 'r')
  try {
    fsyncSync(opened)
  } finally {
    closeSync(opened)
  }
}
