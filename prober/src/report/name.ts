import { Name } from '@llmstatus/shared/identity'

/** A name for a prober that nobody named: its host's, as far as that can be one. */
export const nameOfHost = (hostName: string): string => {
  const name = hostName
    .replace(/[^A-Za-z0-9._-]/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 64)
  return Name.safeParse(name).success ? name : 'prober'
}
