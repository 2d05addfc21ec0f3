import { CodedError, explain } from '@llmstatus/shared/errors'
import { kinds } from '../catalogue/recognise.ts'
import { type Validated, validate } from '../catalogue/validate.ts'
import type { Command } from './command.ts'
import type { Shell } from './shell.ts'

export const definitionsValidate: Command = {
  name: 'definitions validate',
  summary: 'says what is wrong with files that somebody writes, at which line',
  about: [
    'Provider files, probe definitions, suites and prober.yaml, told apart by what is in them. Nothing is sent.',
    'Exits with 0 when all of them are good, 2 when one is not. Whether a definition can run here is said by `once --file`.',
  ],
  flags: [{ name: 'json', summary: 'one JSON object a file, {file, kind, ok, errors}' }],
  words: 'FILE…',
  example: 'llmstatus-prober definitions validate probes/*.yaml',
  run: async (shell, flags, { words }) => {
    if (words.length === 0)
      throw new CodedError('usage', 'definitions validate wants at least one FILE.', {
        hint: 'llmstatus-prober definitions validate probes/*.yaml',
      })
    const all: Validated[] = []
    for (const file of words) {
      const validated = await validateFile(shell, file)
      all.push(validated)
      if (flags.has('json')) shell.out(`${JSON.stringify(asRecord(validated))}\n`)
      else if (validated.error === null) shell.out(`${file}: ${wordsOf(validated)}, nothing wrong\n`)
      else shell.err(`${explain(validated.error)}\n`)
    }
    return all.every(({ error }) => error === null) ? 0 : 2
  },
}

const validateFile = async (shell: Shell, file: string): Promise<Validated> => {
  let text: string
  try {
    text = shell.folder.readFile(file)
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable'
    return {
      file,
      kind: null,
      error: new CodedError('config_invalid', `${file}: cannot be read (${reason})`, { cause }),
    }
  }
  return validate(file, text)
}

const wordsOf = ({ kind }: Validated): string => (kind === null ? '' : kinds[kind].words)

const asRecord = ({ file, kind, error }: Validated) => ({
  file,
  kind: kind === null ? null : kinds[kind].words,
  ok: error === null,
  errors: error === null ? [] : error.message.split('\n'),
  hint: error?.hint ?? null,
})
