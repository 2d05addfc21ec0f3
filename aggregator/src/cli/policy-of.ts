import { CodedError } from '@llmstatus/shared/errors'
import { errnoOf, type Files } from '../config/files.ts'
import type { Settings } from '../config/settings.ts'
import { defaultPolicy, type Policy, readPolicy } from '../judge/policy.ts'

export const policyOf = (files: Pick<Files, 'read'>, { policyFile }: Pick<Settings, 'policyFile'>): Policy => {
  if (policyFile === null) return defaultPolicy
  return readPolicy(readGiven(files, policyFile), policyFile)
}

const readGiven = (files: Pick<Files, 'read'>, path: string): string => {
  try {
    return files.read(path)
  } catch (cause) {
    throw new CodedError('config_invalid', `LLMSTATUS_POLICY: ${path} cannot be read (${errnoOf(cause)})`, { cause })
  }
}
