import type { ProberSettings } from '../config/settings.ts'
import type { Log, LogTarget } from '../log.ts'
import type { Door } from '../report/door.ts'
import type { Identity } from '../report/identity-file.ts'

/** Everything outside of this program that a command may touch. main.ts makes the real one. */
export interface Shell {
  readonly version: string
  /** What was told; throws what the operator did wrong. */
  readonly settings: () => ProberSettings
  /** Who this prober is; null before it was enrolled. */
  readonly identity: (dataDir: string) => Promise<Identity | null>
  readonly openDoor: (to: { readonly url: string; readonly ca: string | null }) => Door
  readonly start: (settings: ProberSettings, log: Log) => Promise<Started>
  /** From here on a signal is a question: resolves when somebody asks the program to end. */
  readonly stopAsked: () => Promise<void>
  readonly nowMs: () => number
  /** What a command answers; what it says beside that. */
  readonly out: (text: string) => void
  readonly err: (text: string) => void
  readonly log: LogTarget
}

/** A prober that runs. */
export interface Started {
  readonly healthPort: number
  /** The number of the first batch that was taken; null when it was stopped before. */
  readonly firstAccepted: Promise<number | null>
  /** Rejects where an enrolment is refused after the start; nothing else ends a prober from inside. */
  readonly enrolled: Promise<void>
  /** Finishes or skips what runs, sends what it can, and lets go of everything, within ten seconds. */
  readonly stop: () => Promise<void>
}
