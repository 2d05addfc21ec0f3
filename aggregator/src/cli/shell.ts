import type { Processes } from '@llmstatus/shared/data-folder'
import type { Env } from '@llmstatus/shared/read-secret'
import type { Logger } from 'pino'
import type { Disk } from '../config/disk.ts'
import type { Files } from '../config/files.ts'

/** Everything outside of this program that a command may touch. main.ts makes the real one. */
export interface Shell {
  readonly env: Env
  readonly files: Files
  readonly disk: Disk
  readonly processes: Processes
  readonly clock: { readonly nowMs: () => number }
  readonly random: (bytes: number) => Uint8Array
  /** What a command answers; what it says beside that. */
  readonly out: (text: string) => void
  readonly err: (text: string) => void
  /** What is no text; done when whoever reads it has taken it. */
  readonly outBytes: (bytes: Uint8Array) => Promise<void>
  /** For commands: only what must not be missed. */
  readonly quietLog: Logger
  /** The status of a GET, null where nobody answers. */
  readonly statusOf: (url: string) => Promise<number | null>
  /** The folder of the migrations. */
  readonly migrations: string
  /** The folder of the provider files. */
  readonly providers: string
  readonly version: string
}
