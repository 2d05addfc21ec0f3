import { CodedError, explain } from '@llmstatus/shared/errors'
import { keyFromSeed } from '@llmstatus/shared/identity'
import { someoneListens } from '../admin/control-socket.ts'
import { databaseFolder, socketPath, takeFolder, usesFolder } from '../config/folder.ts'
import { keyFile } from '../config/key-file.ts'
import { keyPlace, serverPlace } from '../config/open-data.ts'
import { checkPort } from '../config/port.ts'
import { readSettings, type Settings } from '../config/settings.ts'
import { type Migration, nextMigration, readMigrations } from '../db/migrate.ts'
import { openStore } from '../db/open-store.ts'
import { readApplied } from '../db/ready.ts'
import type { Command } from './command.ts'
import { policyOf } from './policy-of.ts'
import type { Shell } from './shell.ts'

/** Everything that a start would need, tried without leaving anything behind. */
export const check: Command = {
  name: 'check',
  usage: '',
  summary: 'Whether a start would work: settings, folder, key, database, port. Changes nothing',
  options: {},
  words: [0, 0],
  examples: ['llmstatus-aggregator check'],
  run: async shell => {
    const settings = readSettings(shell.env, shell.files.read)
    for (const note of settings.notes) shell.out(`note  ${note}\n`)
    let exit = 0
    for (const { name, look } of looksOf(shell, settings)) {
      try {
        shell.out(`ok    ${name}: ${await look()}\n`)
      } catch (error) {
        if (!(error instanceof CodedError)) throw error
        shell.out(`FAIL  ${name}: ${explain(error)}\n`)
        exit = error.exit
      }
    }
    return exit
  },
}

interface Look {
  readonly name: string
  readonly look: () => Promise<string>
}

const looksOf = (shell: Shell, settings: Settings): readonly Look[] => [
  { name: 'policy', look: () => lookAtPolicy(shell, settings) },
  { name: 'key', look: () => lookAtKey(shell, settings) },
  { name: 'database', look: () => lookAtDatabase(shell, settings) },
  { name: 'port', look: () => lookAtPort(shell, settings) },
]

const lookAtPolicy = async ({ files }: Shell, settings: Settings): Promise<string> => {
  policyOf(files, settings)
  return settings.policyFile ?? 'the defaults'
}

const lookAtKey = async ({ files, random }: Shell, settings: Settings): Promise<string> => {
  const { path, kind } = keyPlace(settings)
  if (kind === 'own' && !files.exists(path)) return `${path} will be made at the first start`
  const seeds = keyFile(files, random, { path, kind: 'given' }).read()
  const held = await Promise.all(seeds.map(seed => keyFromSeed(seed)))
  return `${path}, ${held.map(key => key.kid).join(', ')}`
}

const serverRuns = async (settings: Settings): Promise<boolean> =>
  usesFolder(settings) && (await someoneListens(socketPath(settings)))

const lookAtDatabase = async (shell: Shell, settings: Settings): Promise<string> => {
  const { files } = shell
  const { dataDir } = settings
  const migrations = readMigrations(files, shell.migrations)
  const server = serverPlace(files, settings)
  if (server !== null) return schemaAt(server, migrations)
  if (await serverRuns(settings)) return `a server has it open, in ${dataDir}`
  if (!files.exists(dataDir)) return `${dataDir} will be made at the first start`
  const release = takeFolder(shell, settings)
  try {
    const folder = databaseFolder(settings)
    return files.exists(folder) ? await schemaAt({ dataDir: folder }, migrations) : `${folder} will be made`
  } finally {
    release()
  }
}

const schemaAt = async (where: Parameters<typeof openStore>[0], migrations: readonly Migration[]): Promise<string> => {
  const store = await openStore(where, () => undefined)
  try {
    const next = nextMigration(migrations, await readApplied(store.db))
    return `${store.engine}, ${next === null ? 'the schema is up to date' : `${next.name} will be applied`}`
  } finally {
    await store.close()
  }
}

const lookAtPort = async (_shell: Shell, settings: Settings): Promise<string> => {
  const { host, port } = settings
  if (await serverRuns(settings)) return `${host}:${port}, a server runs here`
  await checkPort(host, port)
  return `${host}:${port} is free`
}
