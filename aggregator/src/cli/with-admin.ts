import { join } from 'node:path'
import type { Admin } from '../admin/admin.ts'
import { connectAdmin, socketName } from '../admin/control-socket.ts'
import { localAdmin } from '../admin/local-admin.ts'
import { openData, takeFolder, usesFolder } from '../aggregator.ts'
import { publicUrlOf, type Settings } from '../config/settings.ts'
import { readMigrations } from '../db/migrate.ts'
import { createLog } from '../log.ts'
import type { Shell } from './shell.ts'

/**
 * Asks the server that runs here, where one does. Else this process takes its place for a moment: the folder's lock, or a
 * connection where DATABASE_URL is set.
 */
export const withAdmin = async <T>(shell: Shell, settings: Settings, ask: (admin: Admin) => Promise<T>): Promise<T> => {
  if (settings.databaseUrl === null) {
    const running = await connectAdmin(join(settings.dataDir, socketName))
    if (running !== null) return ask(running)
  }
  const { files, processes, clock, random } = shell
  const closers: (() => unknown)[] = []
  try {
    if (settings.databaseUrl === null && usesFolder(settings)) closers.push(takeFolder({ files, processes, settings }))
    const log = createLog('warn', { ...shell.log, write: shell.err })
    const migrations = readMigrations(files, shell.assets.migrations)
    const data = await openData({ settings, files, random, clock, migrations, log }, close => void closers.push(close))
    return await ask(localAdmin({ db: data.store.db, key: data.key, clock, random, publicUrl: publicUrlOf(settings) }))
  } finally {
    for (const close of closers.toReversed()) await close()
  }
}
