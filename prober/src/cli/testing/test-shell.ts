import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { readSettings } from '../../config/settings.ts'
import { inputOf, type Told } from '../../config/testing/told.ts'
import { measuring } from '../../testing/measuring.ts'
import { mainCommand } from '../main-command.ts'
import type { Screen, Shell } from '../shell.ts'

/** The real commands on real sockets: only what they are told, and who reads them, is made up. */
export interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

const pipe: Screen = { isTerminal: false, hasColours: false, columns: 120 }

export const runCommand = async (args: readonly string[], told: Told, change: Partial<Shell> = {}): Promise<Ran> => {
  const input = inputOf(told)
  let [out, err] = ['', '']
  const never = () => {
    throw new Error('not for this command')
  }
  const shell: Shell = {
    version: '0.0.0',
    settings: said => readSettings({ ...input, said }),
    stampOf: never,
    onHangup: never,
    folder: input,
    speaks: input.dialects,
    identity: never,
    keptSet: async () => null,
    files: never,
    lines: never,
    openDoor: never,
    start: never,
    nameServers: () => ['10.0.0.2'],
    egressTest: { corpus: fileURLToPath(new URL('../../egress-test/corpus.yaml', import.meta.url)), run: never },
    powers: never,
    measuring: async () => ({
      measure: measuring({ random: randomBytes }).measure,
      probes: [],
      calibrate: async () => null,
      close: async () => undefined,
    }),
    stopAsked: () => new Promise(() => undefined),
    wait: (ms, signal) => sleep(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined),
    random: randomBytes,
    nowMs: () => Date.now(),
    screen: { out: pipe, err: pipe },
    log: { write: () => undefined, form: 'lines' },
    ...change,
    out: text => {
      out += text
    },
    err: text => {
      err += text
    },
  }
  const code = await mainCommand(args, shell)
  return { code, out, err }
}
