/**
 * What the spool needs from a disk, and no more. Names are relative to one folder. A promise that resolves says only
 * what its comment says: a test's disk breaks every other hope.
 */
export interface Files {
  readonly list: () => Promise<readonly FileEntry[]>
  /** Rejects where there is no such file. */
  readonly read: (name: string) => Promise<Buffer>
  /** A new, empty file. It survives a crash only after `syncFolder`, its bytes only after `sync`. */
  readonly create: (name: string) => Promise<LogFile>
  /** Writes over a file from its start without changing its length downwards, and syncs it. Makes it where it is not. */
  readonly overwrite: (name: string, bytes: Uint8Array) => Promise<void>
  /** Durable after `syncFolder`. */
  readonly rename: (from: string, to: string) => Promise<void>
  /** Durable after `syncFolder`. A file that is not there is no error. */
  readonly remove: (name: string) => Promise<void>
  readonly syncFolder: () => Promise<void>
}

export interface FileEntry {
  readonly name: string
  readonly sizeBytes: number
}

export interface LogFile {
  readonly append: (bytes: Uint8Array) => Promise<void>
  readonly sync: () => Promise<void>
  readonly close: () => Promise<void>
}

/** All of it or the file as it was before, never half: temp → fsync → rename → fsync of the folder. */
export const replaceFile = async (files: Files, name: string, bytes: Uint8Array): Promise<void> => {
  const temp = `${name}.tmp`
  await files.remove(temp)
  const file = await files.create(temp)
  try {
    await file.append(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
  await files.rename(temp, name)
  await files.syncFolder()
}
