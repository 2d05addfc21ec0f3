import { CodedError, explain } from '@llmstatus/shared/errors'
import { calibrate } from './calibrate.ts'
import { check } from './check.ts'
import type { Command } from './command.ts'
import { definitionsList } from './definitions-list.ts'
import { definitionsShow } from './definitions-show.ts'
import { definitionsSign } from './definitions-sign.ts'
import { definitionsValidate } from './definitions-validate.ts'
import { egress } from './egress.ts'
import { egressTest } from './egress-test.ts'
import { health } from './health.ts'
import { helpOf, overview } from './help.ts'
import { identity } from './identity.ts'
import { once } from './once.ts'
import { parse } from './parse.ts'
import { rewound } from './rewound.ts'
import { run } from './run.ts'
import type { Shell } from './shell.ts'
import { verify } from './verify.ts'

export const commands: readonly Command[] = [
  run,
  once,
  check,
  egress,
  egressTest,
  identity,
  rewound,
  verify,
  definitionsList,
  definitionsShow,
  definitionsValidate,
  definitionsSign,
  calibrate,
  health,
]

/** The exit code. What the operator did wrong is two lines on stderr; anything else is a bug, and is thrown. */
export const mainCommand = async (args: readonly string[], shell: Shell): Promise<number> => {
  try {
    const parsed = parse(args, commands)
    if (parsed.want === 'run') return await parsed.command.run(shell, parsed.flags, parsed.given)
    if (parsed.want === 'version') shell.out(`${shell.version}\n`)
    else shell.out(parsed.command === null ? overview(commands) : helpOf(parsed.command))
    return 0
  } catch (error) {
    if (!(error instanceof CodedError)) throw error
    shell.err(`${explain(error)}\n`)
    return error.exit
  }
}
