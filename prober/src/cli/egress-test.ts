import { readText } from '../config/read-prober-file.ts'
import { readCorpus } from '../egress-test/case.ts'
import { corpusSummary, corpusTable, isAsExpected } from '../egress-test/report.ts'
import type { Command } from './command.ts'

export const egressTest: Command = {
  name: 'egress-test',
  summary: 'tries on this very build everything that might make a key leave, and says what came of it',
  about: [
    'No packet leaves this machine: names are asked of a name server on loopback, and a connection to any address ends at a sink on loopback, which keeps every byte. Your keys are not read; the key is random, for this run.',
    'Everything else is what runs in production: the readers of settings, the guard, the one function that reveals a key, the transport.',
    'Exits with 0 when every case came out as expected, 1 otherwise.',
  ],
  flags: [
    { name: 'json', summary: 'one JSON object a case' },
    { name: 'corpus', takes: 'FILE', summary: 'these cases in place of those that ship' },
  ],
  example: 'llmstatus-prober egress-test --json',
  run: async (shell, flags, given) => {
    const file = given.values('corpus').at(-1) ?? shell.egressTest.corpus
    const isJson = flags.has('json')
    const run = await shell.egressTest.run(readCorpus(readText(shell.folder.readFile, file, '--corpus'), file), {
      judged: verdict => {
        if (isJson) shell.out(`${JSON.stringify({ ...verdict, as_expected: verdict.wrong === null })}\n`)
      },
    })
    const table = isJson
      ? []
      : [...corpusTable(run.verdicts, shell.screen.out.isTerminal ? shell.screen.out.columns : 240), '']
    const say = isJson ? shell.err : shell.out
    say([...table, ...corpusSummary(run), ''].join('\n'))
    return isAsExpected(run) ? 0 : 1
  },
}
