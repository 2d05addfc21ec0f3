import { join } from 'node:path'
import { CodedError } from '@llmstatus/shared/errors'
import { ProviderFile } from '@llmstatus/shared/provider-file'
import { parseYaml } from '@llmstatus/shared/strict-yaml'
import { startAggregator } from '../aggregator.ts'
import { type Catalogue, catalogueOf } from '../api/providers.ts'
import { errnoOf, type Files } from '../config/files.ts'
import { readSettings, type Settings } from '../config/settings.ts'
import { readMigrations } from '../db/migrate.ts'
import { defaultPolicy, type Policy, readPolicy } from '../judge/policy.ts'
import { createLog } from '../log.ts'
import type { Command } from './command.ts'

const stopWithinMs = 10_000

export const serve: Command = {
  name: 'serve',
  usage: '',
  summary: 'Take results, judge them, and answer on HTTP',
  options: {},
  words: [0, 0],
  examples: ['llmstatus-aggregator serve', 'DATABASE_URL=postgres://llmstatus@db/llmstatus llmstatus-aggregator serve'],
  run: async shell => {
    const { files, assets, version } = shell
    const settings = readSettings(shell.env, files.read)
    const log = createLog(settings.logLevel, shell.log)
    const stopAsked = shell.stopAsked()
    const aggregator = await startAggregator({
      ...shell,
      settings,
      log,
      version,
      migrations: readMigrations(files, assets.migrations),
      policy: policyOf(files, settings),
      providers: readCatalogue(files, assets.providers),
      page: assets.page(),
    })
    await stopAsked
    log.info('stopping')
    const stopped = await Promise.race([
      aggregator.stop().then(() => true),
      shell.sleep(stopWithinMs).then(() => false),
    ])
    if (!stopped) log.error(`it did not stop within ${stopWithinMs / 1000} s`)
    return stopped ? 0 : 1
  },
}

export const policyOf = (files: Pick<Files, 'read'>, { policyFile }: Pick<Settings, 'policyFile'>): Policy => {
  if (policyFile === null) return defaultPolicy
  return readPolicy(readGiven(files, policyFile, 'LLMSTATUS_POLICY'), policyFile)
}

const readGiven = (files: Pick<Files, 'read'>, path: string, variable: string): string => {
  try {
    return files.read(path)
  } catch (cause) {
    throw new CodedError('config_invalid', `${variable}: ${path} cannot be read (${errnoOf(cause)})`, { cause })
  }
}

const readCatalogue = (files: Pick<Files, 'read' | 'list'>, folder: string): Catalogue =>
  catalogueOf(
    files
      .list(folder)
      .filter(name => name.endsWith('.yaml'))
      .map(name => parseYaml(ProviderFile, files.read(join(folder, name)), join(folder, name))),
  )
