import { type ChildProcess, spawn } from 'node:child_process'
import { delimiter, dirname } from 'node:path'
import { root } from '../root.ts'

export interface ToolRun {
  readonly code: number
  readonly output: string
  readonly isLate: boolean
}

interface ToolOptions {
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
  readonly note?: (lastLine: string) => void
  /** Ends the tool, and the promise with the signal's reason. */
  readonly signal?: AbortSignal
  /** A worker in an endless loop hears no signal, so a late tool is ended with all it started. */
  readonly withinMs?: number
}

const graceMs = 2_000
const posix = process.platform !== 'win32'

/** Runs a script of a package under this very Node, whatever an older `node` on PATH may be. */
export const runTool = async (script: string, args: readonly string[], options: ToolOptions = {}): Promise<ToolRun> => {
  options.signal?.throwIfAborted()
  const env = options.env ?? process.env
  const child = spawn(process.execPath, [script, ...args], {
    cwd: options.cwd ?? root,
    env: { ...env, PATH: dirname(process.execPath) + delimiter + (env.PATH ?? '') },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: posix,
  })
  const stop = (): void => endAll(child)
  options.signal?.addEventListener('abort', stop, { once: true })
  let isLate = false
  const late = setTimeout(() => {
    isLate = true
    stop()
  }, options.withinMs ?? 0x7fffffff)
  try {
    const { code, output } = await ended(child, options.note)
    options.signal?.throwIfAborted()
    return { code: isLate ? 1 : code, output, isLate }
  } finally {
    clearTimeout(late)
    options.signal?.removeEventListener('abort', stop)
  }
}

const ended = (child: ChildProcess, note: ToolOptions['note']): Promise<{ code: number; output: string }> =>
  new Promise((resolve, reject) => {
    let output = ''
    const take = (data: Buffer): void => {
      output += data
      const lastLine = String(data).trim().split('\n').at(-1)
      if (lastLine !== undefined) note?.(lastLine)
    }
    child.stdout?.on('data', take)
    child.stderr?.on('data', take)
    child.on('error', reject)
    child.on('close', (code, signal) =>
      resolve({ code: code ?? 1, output: signal === null ? output : `${output}\n(${signal})` }),
    )
  })

const endAll = (child: ChildProcess): void => {
  signalAll(child, 'SIGTERM')
  setTimeout(() => signalAll(child, 'SIGKILL'), graceMs)
}

const signalAll = (child: ChildProcess, signal: NodeJS.Signals): void => {
  try {
    if (posix && child.pid !== undefined) process.kill(-child.pid, signal)
    else child.kill(signal)
  } catch {
    // nobody is left
  }
}
