import type { Log } from '../log.ts'
import type { Clock, Probe } from '../probe.ts'
import type { Wait } from '../schedule/run-schedule.ts'
import type { Files } from '../spool/files.ts'
import { createFollowUps, type FollowUps } from './follow-ups.ts'
import { loadUsual, saveUsual } from './usual-file.ts'

/** Follow-ups with a baseline that is on disk. */
export interface OpenFollowUps extends Pick<FollowUps, 'ended'> {
  /** To be called now and then; it writes once an hour, since a baseline of weeks does not miss one. */
  readonly keep: () => Promise<void>
  /** Writes what is known now. A disk that fails costs an hour of the baseline, and stops nothing. */
  readonly close: () => Promise<void>
}

export interface OpenFollowUpsDeps {
  readonly files: Files
  readonly probes: () => readonly Probe[]
  readonly seed: string
  readonly clock: Clock
  readonly wait: Wait
  readonly log: Log
}

const hourUs = 3_600_000_000

export const openFollowUps = async (deps: OpenFollowUpsDeps): Promise<OpenFollowUps> => {
  const { files, clock, log } = deps
  const { ended, usual } = createFollowUps({ ...deps, usual: await loadUsual(files) })
  let savedUs = clock.monoUs()
  let saving: Promise<void> = Promise.resolve()
  const save = (): Promise<void> => {
    savedUs = clock.monoUs()
    saving = saving.then(() => saveUsual(files, usual(), () => deps.wait(0))).catch(failed)
    return saving
  }
  const failed = (error: unknown): void => {
    if (!(error instanceof Error && 'syscall' in error && 'code' in error)) throw error
    log.warn({ why: error.code }, 'what is usual here cannot be kept')
  }
  return {
    ended,
    keep: async () => {
      if (clock.monoUs() - savedUs >= hourUs) await save()
    },
    close: save,
  }
}
