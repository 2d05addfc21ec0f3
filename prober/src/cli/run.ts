import { createLog } from '../log.ts'
import { createProber } from '../prober.ts'
import type { Command } from './command.ts'
import { lockFolder } from './data-folder.ts'
import { settingsOf } from './settings-of.ts'

export const run: Command = {
  name: 'run',
  summary: 'measures and reports until it is stopped',
  about: [
    'The first start needs LLMSTATUS_ENROL_TOKEN; after that the data folder knows who this prober is.',
    'SIGTERM or Ctrl-C: finishes or skips what runs, sends what it can, and exits within 10 s.',
  ],
  flags: [],
  example: 'OPENAI_API_KEY=sk-… LLMSTATUS_ENROL_TOKEN=lls1.… llmstatus-prober run',
  run: async world => {
    const settings = settingsOf(world)
    const form = world.out.isTerminal ? 'pretty' : 'json'
    const log = createLog({ level: settings.logLevel, out: world.out, form })
    const startedUs = world.clock.monoUs()
    const prober = await createProber({
      ...world,
      settings,
      log,
      lockFolder: folder => lockFolder({ disk: world.lockDisk, processes: world.processes, folder }),
      openDoor: url => world.openDoor({ url, ca: settings.aggregator?.ca ?? null }),
    })
    log.info({ version: world.version, health_port: prober.healthPort }, 'the prober runs')
    void prober.firstAccepted.then(seq => {
      const afterMs = Math.round((world.clock.monoUs() - startedUs) / 1000)
      if (seq !== null) log.info({ after_ms: afterMs }, 'the first results were taken by the aggregator')
    })
    try {
      await Promise.race([world.asked, refusal(prober.enrolled)])
      log.info('stopping')
    } finally {
      await prober.stop()
    }
    log.info('stopped')
    return 0
  },
}

/** Enrolled is no reason to end; refused is. */
const refusal = (enrolled: Promise<void>): Promise<never> =>
  new Promise((_resolve, reject) => {
    enrolled.catch(reject)
  })
