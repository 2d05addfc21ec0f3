import { takeFolder } from '../config/folder.ts'
import { databasePlace } from '../config/open-data.ts'
import { readSettings } from '../config/settings.ts'
import { migrate, readMigrations } from '../db/migrate.ts'
import { openStore } from '../db/open-store.ts'
import type { Command } from './command.ts'

export const migrateCommand: Command = {
  name: 'migrate',
  usage: '',
  summary: 'Bring the schema up to date, and nothing else',
  options: {},
  words: [0, 0],
  examples: ['DATABASE_URL=postgres://llmstatus@db/llmstatus llmstatus-aggregator migrate'],
  run: async shell => {
    const { files } = shell
    const settings = readSettings(shell.env, files.read)
    const release = settings.databaseUrl === null ? takeFolder(shell, settings) : () => undefined
    try {
      const store = await openStore(databasePlace(files, settings), () => undefined)
      const applied = await migrate(store, readMigrations(files, shell.migrations)).finally(() => store.close())
      shell.out(
        applied.length === 0 ? 'The schema is up to date.\n' : applied.map(name => `applied ${name}\n`).join(''),
      )
      return 0
    } finally {
      release()
    }
  },
}
