import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { systemEnvironment } from '../tasks/system-environment.ts'

/** The programs as a person starts them, each a process of its own. */

const root = new URL('../', import.meta.url)

/** The bundle that ships where `pnpm build` has made one, else the sources. */
export const programFile = (program: 'prober' | 'aggregator'): string => {
  const bundle = fileURLToPath(new URL(`${program}/dist/main.js`, root))
  return existsSync(bundle) ? bundle : fileURLToPath(new URL(`${program}/src/main.ts`, root))
}

export interface Start {
  /** Of node itself. */
  readonly flags?: readonly string[]
  readonly file: string
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
}

export interface Started {
  readonly child: ChildProcess
  /** On performance.now(). */
  readonly startedMs: number
  /** Resolves when it has said this; rejects with all it said when it ends before. */
  readonly says: (text: string) => Promise<void>
  readonly stop: () => Promise<void>
}

export const startProgram = ({ flags = [], file, args, env }: Start): Started => {
  const startedMs = performance.now()
  const child = spawn(process.execPath, [...flags, file, ...args], {
    env: { ...systemEnvironment(process.env), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  const heard = (bytes: unknown): void => {
    said += String(bytes)
  }
  child.stdout.on('data', heard)
  child.stderr.on('data', heard)
  const ended = new Promise<void>(resolve => child.once('close', () => resolve()))
  return {
    child,
    startedMs,
    says: text =>
      new Promise((resolve, reject) => {
        const look = () => said.includes(text) && resolve()
        child.stdout.on('data', look)
        look()
        void ended.then(() => reject(new Error(`it ended before it said "${text}":\n${said}`)))
      }),
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

export const runProgram = async ({ file, args, env }: Start): Promise<void> => {
  await promisify(execFile)(process.execPath, [file, ...args], {
    env: { ...systemEnvironment(process.env), ...env },
  })
}
