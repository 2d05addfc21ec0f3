import { createLog, type Log } from '../log.ts'
import type { Command } from './command.ts'
import { type PowersSaid, sayPowers } from './powers.ts'
import { type Files, readAndNote, startReloading } from './reloading.ts'

export const run: Command = {
  name: 'run',
  summary: 'measures and reports until it is stopped',
  about: [
    'The first start needs LLMSTATUS_ENROL_TOKEN; after that the data folder knows who this prober is.',
    'SIGHUP, or a change of prober.yaml or of a file it names: reads everything again, or goes on and says why not.',
    'SIGTERM or Ctrl-C: finishes or skips what runs, sends what it can, and exits within 10 s.',
  ],
  flags: [],
  example: 'OPENAI_API_KEY=sk-… LLMSTATUS_ENROL_TOKEN=lls1.… llmstatus-prober run',
  run: async shell => {
    const files: Files = new Map()
    const settings = await readAndNote(shell, files)
    const log = createLog(settings.logLevel, shell.log)
    tellPowers(log, sayPowers(shell.powers(), settings.dataDir))
    const startedMs = shell.nowMs()
    const stopAsked = shell.stopAsked()
    const prober = await shell.start(settings, log)
    log.info({ version: shell.version, health_port: prober.healthPort }, 'the prober runs')
    void prober.firstAccepted.then(seq => {
      if (seq !== null) log.info({ after_ms: shell.nowMs() - startedMs }, 'the aggregator has the first results')
    })
    const reloading = startReloading({ shell, log, files, apply: prober.reload })
    try {
      await Promise.race([stopAsked, refusal(prober.enrolled), refusal(reloading.ended)])
      log.info('stopping')
    } finally {
      await reloading.stop()
      await prober.stop()
    }
    log.info('stopped')
    return 0
  },
}

/** What ends well is no reason to end; what is refused or broken is. */
const refusal = (enrolled: Promise<void>): Promise<never> =>
  new Promise((_resolve, reject) => {
    enrolled.catch(reject)
  })

const tellPowers = (log: Log, { fields, tooMuch }: PowersSaid): void => {
  log.info(fields, 'what this process may do')
  for (const each of tooMuch) log.warn(`it may do more than it needs: ${each}`)
}
