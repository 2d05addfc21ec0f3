/** Who is alive, for the lock of a data folder. */
export interface Processes {
  readonly pid: number
  readonly bootId: string
  /** When this pid started, in any unit that differs between two processes; null where there is no such process. */
  readonly startOf: (pid: number) => string | null
}

interface Machine {
  /** The text of a file; throws where there is none. */
  readonly read: (path: string) => string
  readonly pid: number
  readonly isRunning: (pid: number) => boolean
}

/** What /proc says. Where there is none, a process that runs is taken for the one that is meant. */
export const processesOf = ({ read, pid, isRunning }: Machine): Processes => {
  const readOr = <T>(path: string, otherwise: T): string | T => {
    try {
      return read(path)
    } catch {
      return otherwise
    }
  }
  return {
    pid,
    bootId: readOr('/proc/sys/kernel/random/boot_id', '').trim(),
    startOf: each => {
      const stat = readOr(`/proc/${each}/stat`, null)
      return stat === null ? (isRunning(each) ? '' : null) : startTime(stat)
    },
  }
}

/**
 * Field 22, in ticks since the boot; the second one is the program's name, which may hold spaces and brackets. A zombie
 * is gone: it waits for nothing but its parent, and in a container without an init that is for ever.
 */
const startTime = (stat: string): string | null => {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return /^[ZX]/.test(fields[0] ?? '') ? null : (fields[19] ?? '')
}
