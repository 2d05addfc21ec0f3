import { lockFolder } from '@llmstatus/shared/data-folder'
import { CodedError } from '@llmstatus/shared/errors'
import { readSecretFile } from '@llmstatus/shared/read-secret'
import { Secret } from '@llmstatus/shared/secret'
import { connectAdmin } from '../admin/control-socket.ts'
import { backUp, type Sink } from '../backup/back-up.ts'
import type { Dumped } from '../backup/dump.ts'
import { keyForArchive } from '../backup/keys-of-archive.ts'
import { createProgress } from '../backup/progress.ts'
import { backupFolder, databaseFolder, socketPath, takeFolder } from '../config/folder.ts'
import { keyPlace, serverPlace } from '../config/open-data.ts'
import { readSettings, type Settings } from '../config/settings.ts'
import { readMigrations } from '../db/migrate.ts'
import { openStore } from '../db/open-store.ts'
import type { Store } from '../db/store.ts'
import type { Command, Given } from './command.ts'
import type { Shell } from './shell.ts'
import { requireData } from './with-admin.ts'

export const backupCommand: Command = {
  name: 'backup',
  usage: '--out FILE|- [--passphrase-file FILE] [--json]',
  summary: 'Everything in one archive, while the server runs; the signing key in it only under a passphrase',
  options: { out: { type: 'string' }, 'passphrase-file': { type: 'string' }, json: { type: 'boolean' } },
  words: [0, 0],
  examples: [
    'llmstatus-aggregator backup --out llmstatus.backup --passphrase-file passphrase',
    'DATABASE_URL=postgres://llmstatus@db/llmstatus llmstatus-aggregator backup --out - | ssh vault "cat > llmstatus.backup"',
  ],
  run: async (shell, given) => {
    const { files, disk, clock } = shell
    const settings = readSettings(shell.env, files.read)
    const out = given.text('out')
    if (out === null) throw new CodedError('usage', 'backup: where to?', { hint: '--out FILE, or --out - for a pipe.' })
    const passphrase = passphraseOf(shell, settings, given)
    const isQuiet = given.flag('json')
    const say = isQuiet ? () => undefined : shell.err
    const progress = createProgress({ say, nowMs: clock.nowMs, done: 'archived' })
    const sink: Sink = out === '-' ? { pipe: shell.outBytes } : { file: out }
    const keyDeps = { files, random: shell.random, place: keyPlace(settings) }
    const startedMs = clock.nowMs()
    const dumped = await withQuietStore(shell, { settings, step: progress.step }, store =>
      backUp(
        {
          store,
          migrations: readMigrations(files, shell.migrations),
          version: shell.version,
          nowMs: clock.nowMs(),
          keyOf: kid => keyForArchive(keyDeps, kid, passphrase),
          onRows: progress.onRows,
        },
        sink,
        disk,
      ),
    )
    const report = { ...reportOf(dumped, out), took_ms: clock.nowMs() - startedMs }
    const tell = out === '-' ? shell.err : shell.out
    tell(isQuiet ? `${JSON.stringify(report)}\n` : sentenceOf(report))
    if (report.key === 'none') shell.err(withoutKey)
    return 0
  },
}

/** For `restore` too. The option counts before the variable. */
export const passphraseOf = ({ files }: Shell, { backupPassphrase }: Settings, given: Given): Secret | null => {
  const path = given.text('passphrase-file')
  return path === null ? backupPassphrase : new Secret(readSecretFile(files.read, path, '--passphrase-file'))
}

interface Quiet {
  readonly settings: Settings
  readonly step: (what: string) => void
}

/**
 * A database that can be read for as long as it takes: a server's; the folder's, where nobody else has it; else a copy that
 * the server that has it makes.
 */
const withQuietStore = async <T>(shell: Shell, quiet: Quiet, run: (store: Store) => Promise<T>): Promise<T> => {
  const { files, disk } = shell
  const { settings, step } = quiet
  const server = serverPlace(files, settings)
  if (server !== null) {
    step('Reading the database…')
    return withStore(await openStore(server, () => undefined), run)
  }
  requireData(shell, settings)
  const running = await connectAdmin(socketPath(settings))
  if (running === null) {
    const release = takeFolder(shell, settings)
    step('Reading the database…')
    try {
      return await withStore(await openStore({ dataDir: databaseFolder(settings) }, () => undefined), run)
    } finally {
      release()
    }
  }
  const place = backupFolder(settings)
  const release = lockFolder({ disk: files, processes: shell.processes, folder: place })
  try {
    step('The server copies its database…')
    const { folder } = await running.copyDatabase()
    step('Reading the copy…')
    return await withStore(await openStore({ dataDir: folder }, () => undefined), run)
  } finally {
    release()
    disk.removeTree(place)
  }
}

const withStore = <T>(store: Store, run: (store: Store) => Promise<T>): Promise<T> =>
  run(store).finally(() => store.close())

interface Report {
  readonly file: string
  readonly bytes: number
  readonly rows: number
  readonly results: number
  readonly created_at: string
  readonly aggregator: string | null
  readonly key: 'sealed' | 'none'
}

const reportOf = ({ header, totals, rowsOf }: Dumped, file: string): Report => ({
  file,
  bytes: totals.bytes,
  rows: totals.rows,
  results: rowsOf.result ?? 0,
  created_at: header.created_at,
  aggregator: header.aggregator?.kid ?? null,
  key: header.key === null ? 'none' : 'sealed',
})

const sentenceOf = ({ file, bytes, rows, results, key }: Report): string => {
  const n = (value: number) => value.toLocaleString('en')
  return `${file}: ${n(rows)} rows, ${n(results)} of them results, ${n(Math.ceil(bytes / 1024))} KiB, ${
    key === 'sealed' ? 'with the signing key, sealed' : 'without the signing key'
  }\n`
}

const withoutKey = `WARNING: the signing key is not in this archive.
  Every prober trusts that key alone: without it a restored aggregator is refused by all of them until each enrols again.
  → Keep a copy of the key's file beside the archive, or give a passphrase: --passphrase-file FILE.
`
