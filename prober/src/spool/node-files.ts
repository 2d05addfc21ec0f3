import { constants } from 'node:fs'
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { FileEntry, Files, LogFile } from './files.ts'

/** A real folder, made with its first file where its parent is there, for this user only: what it holds is nobody else's. */
export const nodeFiles = (folder: string): Files => {
  const path = (name: string) => join(folder, name)
  return {
    list: () => entries(folder),
    read: name => readFile(path(name)),
    create: name => inFolder(folder, () => createLog(path(name))),
    overwrite: (name, bytes) => inFolder(folder, () => overwrite(path(name), bytes)),
    rename: (from, to) => rename(path(from), path(to)),
    remove: name => rm(path(name), { force: true }),
    syncFolder: () => syncFolder(folder),
  }
}

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT'

const inFolder = async <T>(folder: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    if (!isMissing(error)) throw error
    await mkdir(folder, { mode: 0o700 })
    await syncFolder(dirname(folder))
    return work()
  }
}

const entries = async (folder: string): Promise<readonly FileEntry[]> => {
  try {
    const found = await readdir(folder, { withFileTypes: true })
    const files = found.filter(entry => entry.isFile())
    return await Promise.all(
      files.map(async ({ name }) => ({ name, sizeBytes: (await stat(join(folder, name))).size })),
    )
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

const createLog = async (path: string): Promise<LogFile> => {
  const file = await open(path, 'ax', 0o600)
  return {
    append: bytes => file.writeFile(bytes),
    sync: () => file.datasync(),
    close: () => file.close(),
  }
}

const overwrite = async (path: string, bytes: Uint8Array): Promise<void> => {
  const file = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600)
  try {
    let done = 0
    while (done < bytes.length) done += (await file.write(bytes, done, bytes.length - done, done)).bytesWritten
    await file.datasync()
  } finally {
    await file.close()
  }
}

/** A name is only durable once its folder is. */
const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
