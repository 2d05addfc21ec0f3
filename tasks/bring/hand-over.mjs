/**
 * Runs the program in place of this process, as nearly as a parent can.
 * - A terminal sends Ctrl-C to everybody in the foreground, and npm sends it once more: the program has a group of its
 *   own and gets each signal from here, once. A second one that a person means comes later than `echoMs`.
 * - npm's shell may die of a signal without passing it on: when our parent is gone, that counts as SIGTERM.
 * - What the program leaves behind in its group is ended with it.
 */
import { spawn } from 'node:child_process'

const echoMs = 1_000
const leftoverMs = 5_000
const posix = process.platform !== 'win32'

/** @returns {Promise<number>} the exit code to pass on */
export const handOver = (command, args, options) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'inherit', 'inherit', 'ipc'], detached: posix })
    const forward = forwarder(child)
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, forward)
    watchParent(() => forward('SIGTERM'))
    child.on('error', reject)
    child.on('exit', async (code, signal) => {
      if (posix) await endGroup(child.pid)
      resolve(code ?? 128 + (signalNumbers[signal] ?? 0))
    })
  })

const signalNumbers = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGSEGV: 11, SIGTERM: 15 }

const forwarder = child => {
  let lastMs = Number.NEGATIVE_INFINITY
  return signal => {
    const nowMs = performance.now()
    if (nowMs - lastMs < echoMs) return
    lastMs = nowMs
    child.kill(signal)
  }
}

const watchParent = onGone => {
  if (process.env.npm_lifecycle_event === undefined) return // started by hand: may outlive its shell
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    onGone()
  }, 500)
  timer.unref()
}

const endGroup = async pid => {
  if (!signalGroup(pid, 'SIGTERM')) return
  for (const endMs = Date.now() + leftoverMs; Date.now() < endMs; ) {
    await new Promise(resolve => setTimeout(resolve, 50))
    if (!signalGroup(pid, 0)) return
  }
  signalGroup(pid, 'SIGKILL')
}

const signalGroup = (pid, signal) => {
  try {
    process.kill(-pid, signal)
    return true
  } catch {
    return false // nobody left
  }
}
