import { startAggregator } from './aggregator.ts'
import type { Page } from './api/page.ts'
import { readCatalogue } from './cli/catalogue.ts'
import type { Command } from './cli/command.ts'
import { policyOf } from './cli/policy-of.ts'
import { readSettings } from './config/settings.ts'
import { readMigrations } from './db/migrate.ts'
import { createLog, type LogTarget } from './log.ts'

/** What only the server needs, and no other command. */
export interface ServeParts {
  readonly log: LogTarget
  readonly page: () => Page | null
  readonly every: (ms: number, run: () => void) => () => void
  readonly after: (ms: number, run: () => void) => () => void
  readonly sleep: (ms: number) => Promise<void>
  /** From here on a signal is a question: resolves when somebody asks the program to end. */
  readonly stopAsked: () => Promise<void>
}

const stopWithinMs = 10_000

export const serveCommand = (parts: ServeParts): Command => ({
  name: 'serve',
  usage: '',
  summary: 'Take results, judge them, and answer on HTTP',
  options: {},
  words: [0, 0],
  examples: ['llmstatus-aggregator serve', 'DATABASE_URL=postgres://llmstatus@db/llmstatus llmstatus-aggregator serve'],
  run: async shell => {
    const { files } = shell
    const settings = readSettings(shell.env, files.read)
    const log = createLog(settings.logLevel, parts.log)
    const stopAsked = parts.stopAsked()
    const aggregator = await startAggregator({
      ...shell,
      settings,
      log,
      every: parts.every,
      after: parts.after,
      migrations: readMigrations(files, shell.migrations),
      policy: policyOf(files, settings),
      providers: readCatalogue(files, shell.providers),
      page: parts.page(),
    })
    await stopAsked
    log.info('stopping')
    const stopped = await Promise.race([
      aggregator.stop().then(() => true),
      parts.sleep(stopWithinMs).then(() => false),
    ])
    if (!stopped) log.error(`it did not stop within ${stopWithinMs / 1000} s`)
    return stopped ? 0 : 1
  },
})
