import { CodedError } from '@llmstatus/shared/errors'
import { leaveAsk } from '../report/asks.ts'
import { noIdentityIn } from '../report/join.ts'
import { peekState } from '../spool/state.ts'
import type { Command } from './command.ts'

export const rewound: Command = {
  name: 'rewound',
  summary: "says that this prober's data was restored, and that the aggregator's history is the true one",
  about: [
    'A volume restored from yesterday knows less than the aggregator has: the aggregator calls that a fork, as if somebody had copied the key, and nothing is sent any more. Measuring goes on, and results are kept.',
    'If nobody else runs with this key, say so with this command. The prober then continues from where the aggregator stands, and a signed gap record says why. A running prober takes it up within 10 s, another one at its next start; neither has to be stopped for it.',
    'The aggregator lets it in again after `llmstatus-aggregator probers release`.',
  ],
  flags: [],
  example: 'llmstatus-prober rewound',
  run: async shell => {
    const { dataDir } = await shell.settings()
    const identity = await shell.identity(dataDir)
    if (identity === null) throw noIdentityIn(dataDir)
    const state = await peekState(shell.files(`${dataDir}/spool`))
    if (state === null || state.fork === null) throw noFork(identity.prober)
    await leaveAsk(shell.files(dataDir), 'rewound')
    shell.out(
      `This prober has ${state.head.seq} of ${state.fork.expected_seq - 1} records, and goes on behind the last of them:\n` +
        'within 10 s where it runs, else at its next start.\n' +
        `Then, at the aggregator: llmstatus-aggregator probers release ${identity.prober}\n`,
    )
    return 0
  },
}

const noFork = (prober: string): CodedError =>
  new CodedError('usage', 'This prober knows of no other history than its own: there is nothing to go on from.', {
    hint: `Where the aggregator holds it in quarantine, release it first (llmstatus-aggregator probers release ${prober}): it then hears where the aggregator stands, and this command has something to do.`,
  })
