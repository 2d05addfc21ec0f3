import type { ProviderFile } from '@llmstatus/shared/provider-file'
import type { Probe } from '../probe.ts'

/** In words that lead to the place where the key was given. */
export const keyName = ({ credential, provider }: Probe, file: ProviderFile | undefined): string => {
  if (credential.name !== provider) return `the secret of ${credential.name} in prober.yaml`
  const names = file?.env ?? []
  const [last, ...others] = [...names].reverse()
  if (last === undefined) return `the secret of ${provider} in prober.yaml`
  return others.length === 0 ? last : `${others.reverse().join(', ')} or ${last}`
}
