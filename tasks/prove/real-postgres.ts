import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { serverBinaries, startCluster } from './private-cluster.ts'

export type RealPostgres =
  | { readonly url: string; readonly what: string; readonly stop: () => Promise<void> }
  | { readonly notRun: string }

const howToGetIt =
  'Set TEST_DATABASE_URL to an empty database of a Postgres server (14 or newer), or install one (Debian: apt install postgresql), and run it again.'

/** A server that is given, else one of our own from the system's binaries, else installed where that is ours to do. */
export const realPostgres = async (env: NodeJS.ProcessEnv, note: (text: string) => void): Promise<RealPostgres> => {
  const given = env.TEST_DATABASE_URL
  if (given !== undefined && given !== '') return { url: given, what: 'TEST_DATABASE_URL', stop: async () => {} }
  if (serverBinaries() === null && mayInstall()) await install(note)
  const bin = serverBinaries()
  if (bin === null) return { notRun: `There is no Postgres server here. ${howToGetIt}` }
  note('starting a private cluster')
  try {
    const cluster = await startCluster(bin)
    return { url: cluster.url, what: `Postgres ${cluster.version}`, stop: cluster.stop }
  } catch (error) {
    return { notRun: `${error instanceof Error ? error.message : String(error)}\n${howToGetIt}` }
  }
}

const mayInstall = (): boolean =>
  process.getuid?.() === 0 && existsSync('/etc/debian_version') && existsSync('/usr/bin/apt-get')

/** Whether it worked shows in what is there afterwards. */
const install = async (note: (text: string) => void): Promise<void> => {
  const apt = (...args: string[]): Promise<void> =>
    new Promise(resolve => {
      const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
      execFile('/usr/bin/apt-get', args, { env, timeout: 180_000, maxBuffer: 1 << 24 }, () => resolve())
    })
  note('apt-get update')
  await apt('update', '-q')
  note('apt-get install postgresql')
  await apt('install', '-q', '-y', '--no-install-recommends', 'postgresql')
}
