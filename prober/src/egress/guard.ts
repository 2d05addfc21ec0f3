import { isIP } from 'node:net'
import {
  type AddressPolicy,
  type ConnectRefusal,
  isMetadataName,
  mayConnect,
  readOrigin,
} from '@llmstatus/shared/address'

/**
 * The prober's connector around the shared address policy. What it refuses is an outcome (`egress_denied`), not an
 * error, and no byte leaves for it.
 *
 * Invariants
 * - The name is looked at before it is resolved, so that a metadata name is not even asked for.
 * - Every address that a name resolves to must be allowed, not only the one that is used: a name that points both
 *   outside and inside is not a name to send a key to.
 * - Through a proxy only the host is there to be judged: an address as such, a name by its name.
 * - The peer of the open connection is looked at again, before the first byte.
 */
export type Refusal = 'metadata_name' | ConnectRefusal

export const refuseName = (host: string): Refusal | null => (isMetadataName(host) ? 'metadata_name' : null)

export const refuseAddress = (address: string, policy: AddressPolicy): Refusal | null => {
  const verdict = mayConnect(address, policy)
  return verdict.ok ? null : verdict.reason
}

/**
 * All that can be said of a host whose addresses only a proxy will know. What a URL parser would read as another host
 * (`2852039166`, `0xa9fea9fe`, a name that ends in a dot) is none, since a proxy may read it so.
 */
export const refuseHost = (host: string, policy: AddressPolicy): Refusal | null => {
  const refusedName = refuseName(host)
  if (refusedName !== null) return refusedName
  if (readOrigin(`https://${host.includes(':') ? `[${host}]` : host}`)?.host !== host) return 'invalid'
  return isIP(host) === 0 ? null : refuseAddress(host, policy)
}

/** The first reason against any of them. */
export const refuseAddresses = (addresses: readonly string[], policy: AddressPolicy): Refusal | null =>
  addresses.map(address => refuseAddress(address, policy)).find(refusal => refusal !== null) ?? null
