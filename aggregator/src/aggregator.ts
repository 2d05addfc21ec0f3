import type { Processes } from '@llmstatus/shared/data-folder'
import { CodedError } from '@llmstatus/shared/errors'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { buildControl } from './admin/control.ts'
import { someoneListens } from './admin/control-socket.ts'
import { localAdmin } from './admin/local-admin.ts'
import type { Page } from './api/page.ts'
import type { Catalogue } from './api/providers.ts'
import { buildApp } from './app.ts'
import { createCopier } from './backup/copy-running.ts'
import type { Disk } from './config/disk.ts'
import type { Files } from './config/files.ts'
import { copyFolder, databaseFolder, socketPath, takeFolder, usesFolder } from './config/folder.ts'
import { type Data, openData } from './config/open-data.ts'
import { checkPort, explainListen } from './config/port.ts'
import { listeningUrl, publicUrlOf, type Settings } from './config/settings.ts'
import type { Migration } from './db/migrate.ts'
import type { Policy } from './judge/policy.ts'
import { startBeside } from './work-beside.ts'

/** Everything from outside that an aggregator needs; main.ts brings the real ones. */
export interface AggregatorDeps {
  readonly settings: Settings
  readonly files: Files
  readonly disk: Disk
  readonly processes: Processes
  readonly clock: { readonly nowMs: () => number }
  readonly random: (bytes: number) => Uint8Array
  /** Calls again and again, until it is told to stop. */
  readonly every: (ms: number, run: () => void) => () => void
  /** Calls once, later, unless it is told not to. */
  readonly after: (ms: number, run: () => void) => () => void
  readonly log: Logger
  readonly migrations: readonly Migration[]
  readonly policy: Policy
  readonly providers: Catalogue
  readonly page: Page | null
  readonly version: string
}

export interface Aggregator {
  readonly url: string
  /** In the reverse order of the start: what came last depends on what came first. */
  readonly stop: () => Promise<void>
}

type Close = () => unknown

export const startAggregator = async (deps: AggregatorDeps): Promise<Aggregator> => {
  const closers: Close[] = []
  const stop = async (): Promise<void> => {
    for (let close = closers.pop(); close !== undefined; close = closers.pop()) await close()
  }
  try {
    return { url: await start(deps, close => void closers.push(close)), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

const start = async (asked: AggregatorDeps, opened: (close: Close) => void): Promise<string> => {
  const { log } = asked
  for (const note of asked.settings.notes) log.warn(note)
  if (usesFolder(asked.settings)) {
    opened(takeFolder(asked, asked.settings))
    await refuseSecond(asked)
  }
  const settings = { ...asked.settings, port: await checkPort(asked.settings.host, asked.settings.port) }
  const deps = { ...asked, settings }
  const { store, keys } = await openData(deps)
  opened(() => store.close())
  const kept = { resultDays: settings.retentionDays, ledgerDays: settings.ledgerDays }
  const { afterStored, lastSuccessMs } = startBeside({ ...deps, store, kept }, opened)
  if (usesFolder(settings)) await listenControl(deps, { store, keys }, opened)
  const app = buildApp({ ...deps, db: store.db, keys, config: settings, afterStored, lastSuccessMs })
  opened(() => app.close())
  await listen(app, settings)
  const url = listeningUrl(settings.host, settings.port)
  log.info({ url, database: store.engine, key: (await keys.ring()).inForce.kid }, 'the aggregator listens')
  return url
}

/**
 * The lock is ours, so a socket where nobody answers was left behind. Where somebody does answer, it is a server in
 * another container on the same volume, whose process our /proc cannot show.
 */
const refuseSecond = async ({ files, settings }: AggregatorDeps): Promise<void> => {
  const path = socketPath(settings)
  if (await someoneListens(path))
    throw new CodedError('data_dir_locked', `Another server answers on ${path}.`, {
      hint: 'Stop that server, or set LLMSTATUS_DATA_DIR to another folder.',
    })
  files.remove(path)
}

const listenControl = async (deps: AggregatorDeps, { store, keys }: Data, opened: (close: Close) => void) => {
  const { settings, files, log } = deps
  const path = socketPath(settings)
  const admin = localAdmin({ ...deps, db: store.db, keys, publicUrl: publicUrlOf(settings) })
  const copyDatabase = createCopier({ ...deps, store, from: databaseFolder(settings), to: copyFolder(settings) })
  const control = buildControl({ ...admin, copyDatabase }, log)
  opened(() => control.close())
  await control.listen({ path })
  files.close(path)
}

const listen = async (app: FastifyInstance, { host, port }: Settings): Promise<void> => {
  try {
    await app.listen({ host, port })
  } catch (error) {
    throw explainListen(error, host, port)
  }
}
