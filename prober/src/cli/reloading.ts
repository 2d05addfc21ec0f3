import { CodedError } from '@llmstatus/shared/errors'
import type { ProberSettings } from '../config/settings.ts'
import type { Log } from '../log.ts'
import { createNap } from '../report/nap.ts'
import type { Shell } from './shell.ts'

/**
 * Reads the configuration again when somebody asks (SIGHUP), or when a file that it was read from looks otherwise:
 * prober.yaml, the definitions and authorities it names, and every file with a secret. Looked at every few seconds
 * rather than watched: what mounts secrets swaps links, and a watch stays with the file that was.
 *
 * Invariants
 * - What runs keeps running until a whole new configuration was read. One that is wrong is said, with its place, and is
 *   read again when a file changes once more.
 * - A file that is being written is left alone until it looks the same twice.
 */
export interface Reloading {
  /** Rejects with a bug, and never with what an operator did wrong. */
  readonly ended: Promise<void>
  readonly stop: () => Promise<void>
}

export interface ReloadDeps {
  readonly shell: Pick<Shell, 'settings' | 'folder' | 'wait' | 'onHangup' | 'stampOf'>
  readonly log: Log
  /** What the configuration was first read from. */
  readonly files: Files
  readonly apply: (settings: ProberSettings) => Promise<void>
}

/** Each file with what it looked like when it was read. */
export type Files = Map<string, string>

const lookEveryMs = 2000

/** Settings, and what they were read from. What ships with the program does not change while it runs. */
export const readAndNote = async (
  { settings, folder, stampOf }: Pick<Shell, 'settings' | 'folder' | 'stampOf'>,
  files: Files,
): Promise<ProberSettings> => {
  const found: Files = new Map()
  try {
    return await settings(undefined, path => {
      if (!path.startsWith(folder.definitionsDir)) found.set(path, stampOf(path))
    })
  } finally {
    // not what is read later: a token is opened once, and its file is then taken away
    for (const [path, stamp] of found) files.set(path, stamp)
  }
}

export const startReloading = ({ shell, log, files: first, apply }: ReloadDeps): Reloading => {
  const nap = createNap(shell.wait)
  let files = first
  let stopping = false
  let asked = false
  let before = ''

  const readAgain = async (): Promise<void> => {
    asked = false
    const found: Files = new Map()
    const tried: Files = new Map([...files.keys()].map(path => [path, shell.stampOf(path)]))
    try {
      const settings = await readAndNote(shell, found)
      files = found
      await apply(settings)
    } catch (error) {
      if (!(error instanceof CodedError)) throw error
      files = new Map([...tried, ...found])
      const { code, message, hint } = error
      log.error(
        { code, ...(hint === undefined ? {} : { hint }) },
        `the configuration was not taken, the one before goes on: ${message}`,
      )
    }
  }

  const loop = async (): Promise<void> => {
    while (!stopping) {
      const now = [...files.keys()].map(path => `${path} ${shell.stampOf(path)}`).join('\n')
      const isOther = [...files].some(([path, stamp]) => shell.stampOf(path) !== stamp)
      if (asked || (isOther && now === before)) await readAgain()
      before = now
      if (!stopping && !asked) await nap.take(lookEveryMs)
    }
  }

  shell.onHangup(() => {
    asked = true
    nap.end()
  })
  const ended = loop()
  return {
    ended,
    stop: async () => {
      stopping = true
      nap.end()
      await ended.catch(() => undefined)
    },
  }
}
