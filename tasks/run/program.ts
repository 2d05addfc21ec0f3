import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { root } from '../root.ts'
import { humanLine } from './human-line.ts'

export interface Ending {
  readonly name: string
  /** 128 + signal where a signal ended it. */
  readonly code: number
}

export interface Program {
  readonly name: string
  readonly ended: Promise<Ending>
  /** Asks it to end, and makes it end when it does not. */
  readonly stop: () => Promise<void>
  readonly kill: () => void
}

interface ProgramOptions {
  readonly name: string
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
}

const stopWithinMs = 20_000
const nameWidth = 10

/** `prober │ words`: one program's line among the others'. */
export const say = (name: string, line: string): void => {
  for (const each of line.split('\n')) process.stdout.write(`${name.padEnd(nameWidth)} │ ${each}\n`)
}

export const startProgram = ({ name, args, env }: ProgramOptions): Program => {
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
  for (const stream of [child.stdout, child.stderr]) passLines(name, stream)
  const ended = new Promise<Ending>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve({ name, code: code ?? (signal === 'SIGKILL' ? 137 : 143) }))
  })
  return { name, ended, stop: () => stop(child, ended), kill: () => void child.kill('SIGKILL') }
}

const passLines = (name: string, stream: Readable): void => {
  createInterface({ input: stream }).on('line', line => {
    const text = humanLine(line)
    if (text !== null) say(name, text)
  })
}

const stop = async (child: ChildProcess, ended: Promise<Ending>): Promise<void> => {
  child.kill('SIGTERM')
  const late = setTimeout(() => child.kill('SIGKILL'), stopWithinMs)
  await ended
  clearTimeout(late)
}
