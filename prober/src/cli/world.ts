import type { Clock, Random } from '../probe.ts'
import type { Measuring } from '../prober.ts'
import type { Door } from '../report/door.ts'
import type { Wait } from '../schedule/run-schedule.ts'
import type { Files } from '../spool/files.ts'
import type { LockDisk, Processes } from './data-folder.ts'

/** Everything a command may touch. The real one is made in main.ts and nowhere else. */
export interface World {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly version: string
  readonly hostName: string
  readonly definitionsDir: string
  readonly readFile: (path: string) => string
  readonly listFiles: (folder: string) => readonly string[]
  readonly out: Output
  readonly err: Output
  readonly clock: Clock
  readonly wait: Wait
  readonly random: Random
  readonly processes: Processes
  readonly lockDisk: LockDisk
  readonly openFiles: (folder: string) => Files
  readonly openDoor: (to: { readonly url: string; readonly ca: string | null }) => Door
  readonly startMeasuring: () => Promise<Measuring>
  /** Resolves when somebody wants this process to end. */
  readonly asked: Promise<void>
}

export interface Output {
  readonly write: (text: string) => void
  /** A person is reading. */
  readonly isTerminal: boolean
}
