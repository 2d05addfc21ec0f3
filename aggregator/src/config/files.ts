import {
  appendFileSync,
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'

/** The one place that touches files; everything else is handed these. */
export interface Files {
  readonly exists: (path: string) => boolean
  readonly read: (path: string) => string
  readonly list: (folder: string) => readonly string[]
  /** Fails with EEXIST where there is one already: of any number at once, one wins. */
  readonly create: (path: string, text: string) => void
  /** Over whatever is there. */
  readonly write: (path: string, text: string) => void
  /** To the end of what is there. */
  readonly append: (path: string, text: string) => void
  readonly makeFolder: (path: string) => void
  readonly rename: (from: string, to: string) => void
  /** A second name for the same file; fails with EEXIST. */
  readonly link: (from: string, to: string) => void
  readonly remove: (path: string) => void
  /** That this name stands for what it stands for now, also after the power went. */
  readonly settle: (path: string) => void
  /** Nobody else's any more: 0600. */
  readonly close: (path: string) => void
}

/** Keys, tokens and locks are nobody else's: 0600, folders 0700. */
const mode = 0o600

export const realFiles: Files = {
  exists: existsSync,
  read: path => readFileSync(path, 'utf8'),
  list: folder => readdirSync(folder).sort(),
  create: (path, text) => writeFileSync(path, text, { flag: 'wx', mode, flush: true }),
  write: (path, text) => writeFileSync(path, text, { mode, flush: true }),
  append: (path, text) => appendFileSync(path, text, { mode }),
  makeFolder: path => void mkdirSync(path, { recursive: true, mode: 0o700 }),
  rename: renameSync,
  link: linkSync,
  remove: path => rmSync(path, { force: true }),
  settle: path => syncFolder(dirname(path)),
  close: path => chmodSync(path, mode),
}

const syncFolder = (folder: string): void => {
  const opened = openSync(folder, 'r')
  try {
    fsyncSync(opened)
  } finally {
    closeSync(opened)
  }
}

/** For what reads whole folders of bytes at start. */
export const folderFiles = { existsSync, readdirSync, readFileSync } as const

/** `ENOENT`, `EACCES`, …: what the system says of a failed touch. */
export const errnoOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
