import { type ChildProcess, spawn } from 'node:child_process'
import { root } from '../../tasks/root.ts'
import { systemEnvironment } from '../../tasks/system-environment.ts'

/** A command as a person runs it, and what it said. */
export interface Running {
  readonly child: ChildProcess
  readonly said: () => string
  readonly ended: Promise<number | null>
}

export const run = (args: readonly string[], env: NodeJS.ProcessEnv = {}, cwd = root): Running =>
  runCommand([process.execPath, ...args], env, cwd)

export const runCommand = (
  [command, ...args]: readonly [string, ...string[]],
  env: NodeJS.ProcessEnv = {},
  cwd = root,
): Running => {
  const child = spawn(command, args, {
    cwd,
    env: { ...systemEnvironment(process.env), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  child.stdout.on('data', data => (said += String(data)))
  child.stderr.on('data', data => (said += String(data)))
  const ended = new Promise<number | null>(resolve => child.once('close', resolve))
  return { child, said: () => said, ended }
}

/** Asks again until there is an answer; a program that has ended will not give one. */
export const eventually = async <T>(running: Running, ask: () => Promise<T | undefined>): Promise<T> => {
  for (;;) {
    const answer = await ask().catch(() => undefined)
    if (answer !== undefined) return answer
    if (running.child.exitCode !== null) throw new Error(`It ended with ${running.child.exitCode}:\n${running.said()}`)
    await new Promise(resolve => setTimeout(resolve, 100))
  }
}
