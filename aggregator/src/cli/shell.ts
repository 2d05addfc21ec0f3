import type { Processes } from '@llmstatus/shared/data-folder'
import type { Env } from '@llmstatus/shared/read-secret'
import type { Page } from '../api/page.ts'
import type { Files } from '../config/files.ts'
import type { LogTarget } from '../log.ts'

/** Everything outside of this program that a command may touch. main.ts makes the real one. */
export interface Shell {
  readonly env: Env
  readonly files: Files
  readonly processes: Processes
  readonly clock: { readonly nowMs: () => number }
  readonly random: (bytes: number) => Uint8Array
  readonly every: (ms: number, run: () => void) => () => void
  /** What a command answers; what it says beside that. */
  readonly out: (text: string) => void
  readonly err: (text: string) => void
  readonly log: LogTarget
  /** From here on a signal is a question: resolves when somebody asks the program to end. */
  readonly stopAsked: () => Promise<void>
  readonly sleep: (ms: number) => Promise<void>
  /** The status of a GET, null where nobody answers. */
  readonly statusOf: (url: string) => Promise<number | null>
  readonly assets: Assets
  readonly version: string
}

/** What ships with the program. */
export interface Assets {
  readonly migrations: string
  readonly providers: string
  readonly page: () => Page | null
}
