import type { VerifiedSet } from '@llmstatus/shared/definition-set'
import type { DefinitionsFolder } from '../config/read-definitions.ts'
import type { ProberSettings, Said } from '../config/settings.ts'
import type { Case } from '../egress-test/case.ts'
import type { CorpusDeps, CorpusRun } from '../egress-test/run-corpus.ts'
import type { Log, LogTarget } from '../log.ts'
import type { AggregatorWay, Measure, Probe, Random } from '../probe.ts'
import type { Calibration } from '../reference/calibrate.ts'
import type { Door } from '../report/door.ts'
import type { Identity } from '../report/identity-file.ts'
import type { Files } from '../spool/files.ts'
import type { Powers } from './powers.ts'

/** Everything outside of this program that a command may touch. main.ts makes the real one. */
export interface Shell {
  readonly version: string
  /** What was told, and over it what the command line says; rejects with what the operator did wrong. `reads` hears of each file. */
  readonly settings: (said?: Said, reads?: (path: string) => void) => Promise<ProberSettings>
  /** What a file looks like from outside: the same as long as nobody has touched it. */
  readonly stampOf: (path: string) => string
  /** What ships in probe-definitions/, and the way to any other file that is named. */
  readonly folder: DefinitionsFolder
  /** The names of its dialects. */
  readonly speaks: ReadonlySet<string>
  /** Who this prober is; null before it was enrolled. */
  readonly identity: (dataDir: string) => Promise<Identity | null>
  /** The definitions from outside that are in force there; null where none are. */
  readonly keptSet: (settings: ProberSettings) => Promise<VerifiedSet | null>
  /** A folder as the spool sees one. */
  readonly files: (folder: string) => Files
  /** A file line by line, or what comes in where it is `-`; rejects as the system does. */
  readonly lines: (path: string) => AsyncIterable<string>
  readonly openDoor: (to: AggregatorWay & { readonly url: string }) => Door
  readonly start: (settings: ProberSettings, log: Log) => Promise<Started>
  /** From here on a signal is a question: resolves when somebody asks the program to end. */
  readonly stopAsked: () => Promise<void>
  /** From here on SIGHUP is heard, and ends nothing; on a terminal it means that the terminal is gone. */
  readonly onHangup: (hear: () => void) => void
  /** The hostile corpus, and what runs it against this build. */
  readonly egressTest: {
    readonly corpus: string
    readonly run: (cases: readonly Case[], told: Pick<CorpusDeps, 'judged'>) => Promise<CorpusRun>
  }
  /** Whom the system asks for the address of a name. */
  readonly nameServers: () => readonly string[]
  /** What this process may do to its machine. */
  readonly powers: () => Powers
  /** The measuring path on its own, for who reports to nobody. */
  readonly measuring: () => Promise<Measuring>
  readonly wait: (ms: number, signal?: AbortSignal) => Promise<void>
  readonly random: Random
  readonly nowMs: () => number
  /** What a command answers; what it says beside that. */
  readonly out: (text: string) => void
  readonly err: (text: string) => void
  /** Who reads them. */
  readonly screen: { readonly out: Screen; readonly err: Screen }
  readonly log: LogTarget
}

/** What measures until it is closed. */
export interface Measuring {
  readonly measure: Measure
  /** The reference. */
  readonly probes: readonly Probe[]
  readonly calibrate: (rounds: number, signal: AbortSignal) => Promise<Calibration | null>
  readonly close: () => Promise<void>
}

/** Of a person; a file or a pipe is as wide as it wants to be, and knows no colours. */
export interface Screen {
  readonly isTerminal: boolean
  readonly hasColours: boolean
  readonly columns: number
}

/** A prober that runs. */
export interface Started {
  readonly healthPort: number
  /** The number of the first batch that was taken; null when it was stopped before. */
  readonly firstAccepted: Promise<number | null>
  /** Rejects where an enrolment is refused after the start; nothing else ends a prober from inside. */
  readonly enrolled: Promise<void>
  /** Takes up a configuration that was read again, as far as that can be done while it runs, and says what changed. */
  readonly reload: (settings: ProberSettings) => Promise<void>
  /** Finishes or skips what runs, sends what it can, and lets go of everything, within ten seconds. */
  readonly stop: () => Promise<void>
}
