import { basename, dirname } from 'node:path'
import { CodedError } from '@llmstatus/shared/errors'
import { ProviderFile } from '@llmstatus/shared/provider-file'
import { readYaml } from '@llmstatus/shared/strict-yaml'
import { SuiteFile, type SuiteProbe } from '@llmstatus/shared/suite-file'
import {
  checkPatterns,
  expectationProblems,
  patternExpectationProblem,
  patternHint,
  readDefinition,
} from '../config/read-definition.ts'
import { checkOrigin, templateNames } from '../credentials/origin.ts'
import { type Kind, kinds, recognise } from './recognise.ts'

/** One file that was looked at. */
export interface Validated {
  readonly file: string
  readonly kind: Kind | null
  /** Null where nothing is wrong with it. */
  readonly error: CodedError | null
}

export const validate = async (file: string, text: string): Promise<Validated> => {
  let kind: Kind | null = null
  try {
    kind = recognise(text, file)
    if (kind === null) throw unrecognised(file)
    await checks[kind](text, file)
    return { file, kind, error: null }
  } catch (error) {
    if (error instanceof CodedError) return { file, kind, error }
    throw error
  }
}

const unrecognised = (file: string): CodedError =>
  new CodedError(
    'config_invalid',
    `${file}:1:1: is none of ${Object.values(kinds)
      .map(({ words }) => words)
      .join(', ')}`,
    {
      hint: 'a probe definition begins with provider: and probe_type:, a provider file with id: and name:',
    },
  )

type Check = (text: string, file: string) => Promise<void>

const definition: Check = async (text, file) => checkPatterns([readDefinition(text, file)])

const provider: Check = async (text, file) => {
  const { value, wrong } = readYaml(ProviderFile, text, file)
  const problem = nameProblem(file, value.id, 'providers')
  if (problem !== null) throw wrong(['id'], problem)
  if (templateNames(value.origin).length > 0) return
  const checked = checkOrigin(value.origin, value.kind === 'self_hosted' ? 'set' : 'shipped')
  if (!checked.ok) throw wrong(['origin'], checked.what)
}

const suite: Check = async (text, file) => {
  const { value, wrong } = readYaml(SuiteFile, text, file)
  const problem = nameProblem(file, value.id, 'suites')
  if (problem !== null) throw wrong(['id'], problem)
  for (const [at, probe] of value.probes.entries()) {
    const found = await suiteProbeProblem(probe)
    if (found !== null) throw wrong(['probes', at, 'expected', found.key], found.what, found.hint)
  }
}

const suiteProbeProblem = async (
  probe: SuiteProbe,
): Promise<{ readonly key: string; readonly what: string; readonly hint?: string } | null> => {
  const [first] = expectationProblems(probe)
  if (first !== undefined) return first
  const what = await patternExpectationProblem(probe.expected ?? {})
  return what === null ? null : { key: 'response_matches', what, hint: patternHint }
}

/** Where files ship, they are found by their names. */
const nameProblem = (file: string, id: string, folder: string): string | null =>
  basename(dirname(file)) === folder && basename(file) !== `${id}.yaml` ? `is ${id}, and the file's name is not` : null

const checks: Readonly<Record<Kind, Check>> = {
  definition,
  provider,
  suite,
  keyless: async (text, file) => void readYaml(kinds.keyless.schema, text, file),
  prober: async (text, file) => void readYaml(kinds.prober.schema, text, file),
}
