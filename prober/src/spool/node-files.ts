import { constants } from 'node:fs'
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { FileEntry, Files, LogFile } from './files.ts'

/** A real folder, for this user only: what it holds is nobody else's. */
export const nodeFiles = async (folder: string): Promise<Files> => {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const path = (name: string) => join(folder, name)
  return {
    list: () => entries(folder),
    read: name => readFile(path(name)),
    create: name => createLog(path(name)),
    overwrite: (name, bytes) => overwrite(path(name), bytes),
    rename: (from, to) => rename(path(from), path(to)),
    remove: name => rm(path(name), { force: true }),
    syncFolder: () => syncFolder(folder),
  }
}

const entries = async (folder: string): Promise<readonly FileEntry[]> => {
  const found = await readdir(folder, { withFileTypes: true })
  const files = found.filter(entry => entry.isFile())
  return Promise.all(files.map(async ({ name }) => ({ name, sizeBytes: (await stat(join(folder, name))).size })))
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
