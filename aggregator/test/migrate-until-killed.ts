import { realFiles } from '../src/config/files.ts'
import { migrate, readMigrations } from '../src/db/migrate.ts'
import { openEmbedded } from '../src/db/open-embedded.ts'

/** A process of its own, to be killed: node migrate-until-killed.ts FOLDER. It says when it begins, and never ends. */
const [folder = ''] = process.argv.slice(2)
const store = await openEmbedded({ dataDir: folder })
const migrations = readMigrations(realFiles, new URL('../src/db/migrations/', import.meta.url).pathname)
process.stdout.write('begins\n')
// inside the transaction of the second file, after all that it does
await migrate(
  store,
  migrations.map(each => (each.n === 2 ? { ...each, sql: `${each.sql}\nselect pg_sleep(60);` } : each)),
)
