import { CodedError } from '@llmstatus/shared/errors'
import { someoneListens } from '../admin/control-socket.ts'
import { type Header, unusable } from '../backup/archive.ts'
import { type Filling, migrationsOf } from '../backup/fill.ts'
import { heirOf, type KeyPlan, planKeys, prepareKeys, putKeysBack, settleKeys } from '../backup/keys-of-archive.ts'
import { createProgress, type Progress } from '../backup/progress.ts'
import { readArchive, verifyArchive } from '../backup/read-archive.ts'
import { refuseUsedFolder, restoreToFolder } from '../backup/restore-embedded.ts'
import { type Over, refuseTarget, restoreToServer } from '../backup/restore-server.ts'
import { errnoOf } from '../config/files.ts'
import { replacedFolder, socketPath, takeFolder, usesFolder } from '../config/folder.ts'
import { keyPlace, serverPlace } from '../config/open-data.ts'
import { readSettings, type Settings } from '../config/settings.ts'
import { readMigrations } from '../db/migrate.ts'
import { openStore } from '../db/open-store.ts'
import { passphraseOf } from './backup.ts'
import type { Command } from './command.ts'
import type { Shell } from './shell.ts'

export const restoreCommand: Command = {
  name: 'restore',
  usage: 'FILE [--passphrase-file FILE] [--replace] [--new-key] [--check] [--json]',
  summary: 'An archive of `backup` into the data folder, or into the Postgres that DATABASE_URL names',
  options: {
    'passphrase-file': { type: 'string' },
    replace: { type: 'boolean' },
    'new-key': { type: 'boolean' },
    check: { type: 'boolean' },
    json: { type: 'boolean' },
  },
  words: [1, 1],
  examples: [
    'llmstatus-aggregator restore llmstatus.backup --passphrase-file passphrase',
    'llmstatus-aggregator restore llmstatus.backup --check',
    'DATABASE_URL=postgres://llmstatus@db/llmstatus llmstatus-aggregator restore llmstatus.backup --passphrase-file passphrase',
  ],
  run: async (shell, given) => {
    const { files, clock } = shell
    const settings = readSettings(shell.env, files.read)
    const [path = ''] = given.words
    const isQuiet = given.flag('json')
    const progress = createProgress({ say: isQuiet ? () => undefined : shell.err, nowMs: clock.nowMs, done: 'read' })
    const passphrase = passphraseOf(shell, settings, given)
    const startedMs = clock.nowMs()
    if (!given.flag('check')) await refuseRunning(settings)
    const archive = await verified(shell, { path, progress })
    migrationsOf(archive.header, readMigrations(files, shell.migrations))
    const report = { file: path, ...reportOf(archive.header), ...archive.totals }
    if (given.flag('check')) {
      shell.out(isQuiet ? `${JSON.stringify({ ...report, restored: false })}\n` : sentenceOf(report))
      return 0
    }
    const release = usesFolder(settings) ? takeFolder(shell, settings) : () => undefined
    try {
      const wish = { passphrase, newKey: given.flag('new-key') ? 'asked' : 'not_asked' } as const
      const plan = await planKeys(keysOf(shell, settings), archive.header, wish)
      const over = given.flag('replace') ? 'anything' : 'empty'
      await restoreTo(shell, { settings, path, header: archive.header, plan, over, progress })
      const took_ms = clock.nowMs() - startedMs
      shell.out(isQuiet ? `${JSON.stringify({ ...report, restored: true, took_ms })}\n` : sentenceOf(report))
      if (!isQuiet) shell.err(nextSteps(shell, settings, plan))
      return 0
    } finally {
      release()
    }
  },
}

const keysOf = ({ files, random }: Shell, settings: Settings) => ({ files, random, place: keyPlace(settings) })

/** Before an archive is read for minutes. The folder's lock is what counts. */
const refuseRunning = async (settings: Settings): Promise<void> => {
  if (!usesFolder(settings) || !(await someoneListens(socketPath(settings)))) return
  throw new CodedError('database_in_use', `A server runs on ${settings.dataDir}.`, {
    hint: 'Stop it, and run this again. Nothing was changed.',
  })
}

interface Reading {
  readonly path: string
  readonly progress: Progress
}

const verified = async ({ files, disk }: Shell, { path, progress }: Reading) => {
  if (!files.exists(path)) throw unusable(`There is no file ${path}.`, 'Name an archive that `backup` made.')
  progress.step(`Checking ${path}…`)
  try {
    return await verifyArchive(disk.chunks(path), rows => progress.onRows('it', rows))
  } catch (error) {
    if (error instanceof CodedError || errnoOf(error) === 'unknown') throw error
    throw unusable(`${path} cannot be read (${errnoOf(error)}).`, 'Name an archive that `backup` made.')
  }
}

interface Restoring {
  readonly settings: Settings
  readonly path: string
  readonly header: Header
  readonly plan: KeyPlan
  readonly over: Over
  readonly progress: Progress
}

/** Everything that can be refused is refused before the first write; what fails behind that is put back. */
const restoreTo = async (shell: Shell, restoring: Restoring): Promise<void> => {
  const { disk } = shell
  const { settings, plan, over, progress } = restoring
  const keys = keysOf(shell, settings)
  const target = await openTarget(shell, settings)
  try {
    await target.refuse(over)
    const filling = await fillingOf(shell, restoring)
    progress.step('Restoring…')
    prepareKeys(keys, plan)
    try {
      await target.restore(filling, over)
    } catch (error) {
      putKeysBack(keys, plan)
      throw error
    }
    settleKeys(keys, plan)
  } finally {
    await target.close()
  }
  // it was empty, so nobody misses it
  if (settings.databaseUrl === null && over === 'empty') disk.removeTree(replacedFolder(settings))
}

interface Target {
  readonly refuse: (over: Over) => Promise<void>
  readonly restore: (filling: Omit<Filling, 'engine'>, over: Over) => Promise<void>
  readonly close: () => Promise<void>
}

const openTarget = async ({ files, disk }: Shell, settings: Settings): Promise<Target> => {
  const server = serverPlace(files, settings)
  if (server !== null) {
    const store = await openStore(server, () => undefined)
    return {
      refuse: over => store.transact(session => refuseTarget(session, over)),
      restore: (filling, over) => restoreToServer(store, filling, over),
      close: store.close,
    }
  }
  const folder = { files, disk, place: settings }
  return {
    refuse: over => (over === 'empty' ? refuseUsedFolder(folder) : Promise.resolve()),
    restore: filling => restoreToFolder(folder, filling),
    close: () => Promise.resolve(),
  }
}

const fillingOf = async (shell: Shell, { settings, path, header, plan, progress }: Restoring) => ({
  header,
  pieces: () => readArchive(shell.disk.chunks(path)),
  migrations: readMigrations(shell.files, shell.migrations),
  heir: await heirOf(keysOf(shell, settings), plan),
  nowMs: shell.clock.nowMs(),
  onRows: progress.onRows,
})

const reportOf = ({ created_at, version, engine, aggregator, key }: Header) => ({
  created_at,
  version,
  engine,
  aggregator: aggregator?.kid ?? null,
  key: key === null ? 'none' : 'sealed',
})

const sentenceOf = (report: {
  readonly file: string
  readonly rows: number
  readonly created_at: string
  readonly engine: string
  readonly version: string
  readonly key: string
}): string =>
  `${report.file}: whole, ${report.rows.toLocaleString('en')} rows of ${report.created_at}, from ${report.engine} and version ${report.version}, ${
    report.key === 'none' ? 'without the signing key' : 'with the signing key, sealed'
  }\n`

const nextSteps = ({ files }: Shell, settings: Settings, plan: KeyPlan): string => {
  const lines = ['Restored. Next: `llmstatus-aggregator ledger verify`, then start the server.']
  if (files.exists(replacedFolder(settings)))
    lines.push(`The database from before is kept in ${replacedFolder(settings)}; remove it when you are sure.`)
  if (plan.do === 'write') lines.push(`The signing key was written to ${keyPlace(settings).path}.`)
  if (plan.do === 'hand_over')
    lines.push('Another key is in force now: every prober has to enrol again with a new token.')
  return `${lines.join('\n')}\n`
}
