import type { Log } from '../log.ts'

/** Writes one after the other: whoever comes while one is being written waits for the next, which is there for all of them. */
export interface Saver {
  /** Whether what stood in the books at this moment is on disk. */
  readonly saved: () => Promise<boolean>
}

export const createSaver = (save: () => Promise<void>, log: Log): Saver => {
  let running: Promise<unknown> = Promise.resolve()
  let waiting: Promise<boolean> | null = null
  let isFailing = false

  const write = async (): Promise<boolean> => {
    waiting = null
    try {
      await save()
    } catch (error) {
      if (!(error instanceof Error && 'syscall' in error && 'code' in error)) throw error
      if (!isFailing) log.error({ why: error.code }, 'the budget cannot be written: nothing billed is sent')
      isFailing = true
      return false
    }
    if (isFailing) log.info('the budget can be written again')
    isFailing = false
    return true
  }

  return {
    saved: () => {
      waiting ??= running.then(write)
      running = waiting
      return waiting
    },
  }
}
