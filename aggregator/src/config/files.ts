import { chmodSync, existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'

/** The one place that touches files; everything else is handed these. */
export interface Files {
  readonly exists: (path: string) => boolean
  readonly read: (path: string) => Uint8Array
  readonly readText: (path: string) => string
  /** Fails with EEXIST where there is one already: of any number at once, one wins. */
  readonly create: (path: string, content: Uint8Array | string) => void
  /** Over whatever is there. */
  readonly write: (path: string, content: Uint8Array | string) => void
  readonly makeFolder: (path: string) => void
  readonly rename: (from: string, to: string) => void
  /** A second name for the same file; fails with EEXIST. */
  readonly link: (from: string, to: string) => void
  readonly remove: (path: string) => void
}

/** Keys, tokens and locks are nobody else's: 0600 whatever the umask says, folders 0700. */
const mode = 0o600

export const realFiles: Files = {
  exists: existsSync,
  read: path => readFileSync(path),
  readText: path => readFileSync(path, 'utf8'),
  create: (path, content) => writeFileSync(path, content, { flag: 'wx', mode, flush: true }),
  write: (path, content) => {
    writeFileSync(path, content, { mode, flush: true })
    chmodSync(path, mode)
  },
  makeFolder: path => void mkdirSync(path, { recursive: true, mode: 0o700 }),
  rename: renameSync,
  link: linkSync,
  remove: path => rmSync(path, { force: true }),
}

/** `ENOENT`, `EACCES`, …: what the system says of a failed touch. */
export const errnoOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
