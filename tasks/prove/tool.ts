import { spawn } from 'node:child_process'
import { delimiter, dirname } from 'node:path'
import { root } from '../root.ts'

export interface ToolRun {
  readonly code: number
  readonly output: string
}

interface ToolOptions {
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
  readonly note?: (lastLine: string) => void
  /** Ends the tool, and the promise with an AbortError. */
  readonly signal?: AbortSignal
}

/** Runs a script of a package under this very Node, whatever an older `node` on PATH may be. */
export const runTool = (script: string, args: readonly string[], options: ToolOptions = {}): Promise<ToolRun> =>
  new Promise((resolve, reject) => {
    const env = options.env ?? process.env
    const child = spawn(process.execPath, [script, ...args], {
      cwd: options.cwd ?? root,
      env: { ...env, PATH: dirname(process.execPath) + delimiter + (env.PATH ?? '') },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    })
    let output = ''
    const take = (data: Buffer): void => {
      output += data
      const lastLine = String(data).trim().split('\n').at(-1)
      if (lastLine !== undefined) options.note?.(lastLine)
    }
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    child.on('error', reject)
    child.on('close', (code, signal) =>
      resolve({ code: code ?? 1, output: signal === null ? output : `${output}\n(${signal})` }),
    )
  })
