/**
 * A Postgres of our own for one test run, from the binaries Debian installs.
 * - initdb and postgres refuse root: they run as the user postgres, or nobody.
 * - Data, socket and password live in one temporary folder, directly under /tmp: a socket path holds 107 bytes.
 * - It listens on loopback, on a port the system chose, and is ended by its process id.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '../free-port.ts'

export interface Cluster {
  readonly url: string
  readonly version: string
  /** As if the power went and came back: nothing is finished, and what was committed is read from the log. */
  readonly crash: () => Promise<void>
  readonly stop: () => Promise<void>
}

interface Account {
  readonly uid: number
  readonly gid: number
}

const startWithinMs = 30_000
const stopWithinMs = 10_000

/** The newest Postgres server on this machine, or null. */
export const serverBinaries = (base = '/usr/lib/postgresql'): string | null => {
  if (!existsSync(base)) return null
  const versions = readdirSync(base)
    .filter(
      version => existsSync(join(base, version, 'bin', 'initdb')) && existsSync(join(base, version, 'bin', 'postgres')),
    )
    .sort((a, b) => Number(b) - Number(a))
  return versions[0] === undefined ? null : join(base, versions[0], 'bin')
}

/** `over` are settings of the server, `name=value`, in place of ours. */
export const startCluster = async (bin: string, over: readonly string[] = [], parent = '/tmp'): Promise<Cluster> => {
  const folder = mkdtempSync(join(parent, 'llmstatus-pg-'))
  const account = unprivileged()
  if (account !== null) chownSync(folder, account.uid, account.gid)
  try {
    const password = randomBytes(18).toString('base64url')
    await initialise(bin, folder, { account, password })
    const port = await freePort()
    const begin = () => serve(bin, folder, { account, port, over })
    let server = await begin()
    return {
      url: `postgres://llmstatus:${password}@127.0.0.1:${port}/postgres`,
      version: readFileSync(join(folder, 'data', 'PG_VERSION'), 'utf8').trim(),
      crash: async () => {
        await end(server, 'SIGQUIT')
        server = await begin()
      },
      stop: async () => {
        await end(server, 'SIGINT') // fast shutdown: clients are cut off
        rmSync(folder, { recursive: true, force: true })
      },
    }
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    throw error
  }
}

/** Null where we are not root and may simply run it ourselves. */
const unprivileged = (): Account | null => {
  if (process.getuid?.() !== 0) return null
  const users = readFileSync('/etc/passwd', 'utf8').split('\n')
  for (const name of ['postgres', 'nobody']) {
    const fields = users.find(line => line.startsWith(`${name}:`))?.split(':')
    if (fields !== undefined) return { uid: Number(fields[2]), gid: Number(fields[3]) }
  }
  throw new Error('Postgres refuses to run as root, and there is neither a user postgres nor nobody')
}

const initialise = async (
  bin: string,
  folder: string,
  { account, password }: { account: Account | null; password: string },
): Promise<void> => {
  const passwordFile = join(folder, 'password')
  writeFileSync(passwordFile, password, { mode: 0o600 })
  if (account !== null) chownSync(passwordFile, account.uid, account.gid)
  const args = [
    '--pgdata',
    join(folder, 'data'),
    '--username=llmstatus',
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile}`,
  ]
  const child = run(join(bin, 'initdb'), [...args, '--encoding=UTF8', '--locale=C', '--no-sync'], { account, folder })
  const { code, output } = await ended(child)
  if (code !== 0) throw new Error(`initdb failed:\n${output}`)
}

/** Nothing here outlives the run, so nothing is synced; a killed process loses nothing by it. */
const settings = (folder: string, port: number, over: readonly string[]): readonly string[] =>
  [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    `unix_socket_directories=${folder}`,
    'fsync=off',
    'full_page_writes=off',
    'max_connections=200',
    'shared_buffers=64MB',
    'log_min_messages=fatal',
    ...over,
  ].flatMap(setting => ['-c', setting])

const serve = async (
  bin: string,
  folder: string,
  { account, port, over }: { account: Account | null; port: number; over: readonly string[] },
): Promise<ChildProcess> => {
  rmSync(join(folder, 'data', 'postmaster.pid'), { force: true })
  const args = ['-D', join(folder, 'data'), ...settings(folder, port, over)]
  const child = run(join(bin, 'postgres'), args, { account, folder })
  const early = ended(child).then(({ output }) => {
    throw new Error(`postgres ended at once:\n${output}`)
  })
  early.catch(() => {})
  await Promise.race([ready(join(folder, 'data', 'postmaster.pid')), early])
  return child
}

/** The last line of the server's own pid file says so. */
const ready = async (pidFile: string): Promise<void> => {
  for (const endMs = Date.now() + startWithinMs; Date.now() < endMs; ) {
    if (existsSync(pidFile) && /^ready\s*$/m.test(readFileSync(pidFile, 'utf8'))) return
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  throw new Error(`postgres was not ready within ${startWithinMs / 1000} s`)
}

const end = async (server: ChildProcess, signal: NodeJS.Signals): Promise<void> => {
  if (server.exitCode !== null || server.signalCode !== null) return
  const gone = new Promise<void>(resolve => server.once('exit', () => resolve()))
  server.kill(signal)
  const late = setTimeout(() => server.kill('SIGQUIT'), stopWithinMs)
  await gone
  clearTimeout(late)
}

const run = (
  command: string,
  args: readonly string[],
  { account, folder }: { account: Account | null; folder: string },
) =>
  spawn(command, args, {
    cwd: folder,
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(account ?? {}),
  })

const ended = (child: ReturnType<typeof run>): Promise<{ code: number | null; output: string }> =>
  new Promise((resolve, reject) => {
    let output = ''
    child.stdout.on('data', data => (output += String(data)))
    child.stderr.on('data', data => (output += String(data)))
    child.on('error', reject)
    child.on('close', code => resolve({ code, output }))
  })
