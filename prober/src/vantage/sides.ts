import { isIP } from 'node:net'
import { judgeAddress, readOrigin } from '@llmstatus/shared/address'
import type { Credential } from '../probe.ts'

/**
 * Which origins lie outside: only what is reached over the internet can say whether that is there. An origin that ships
 * with a provider file is outside, or the guard lets nothing through; one that was set here is where its name was last
 * seen to lead, and inside as long as nobody knows.
 */
export interface Sides {
  readonly isOutside: (credential: Pick<Credential, 'origin' | 'net'>) => boolean
  /** Looks on while names are resolved. */
  readonly watching: (resolve: Resolve) => Resolve
}

type Resolve = (host: string) => Promise<readonly string[]>

/** Names that a configuration can hold are few; a redirect or an answer never adds one. */
export const createSides = (isPublic = (address: string) => judgeAddress(address) === 'public'): Sides => {
  const outside = new Map<string, boolean>()
  const leadsOutside = (host: string): boolean => (isIP(host) === 0 ? (outside.get(host) ?? false) : isPublic(host))
  return {
    isOutside: ({ origin, net }) => !net.private || leadsOutside(readOrigin(origin)?.host ?? ''),
    watching: resolve => async host => {
      const addresses = await resolve(host)
      outside.set(host, addresses.length > 0 && addresses.every(isPublic))
      return addresses
    },
  }
}
