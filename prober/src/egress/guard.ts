import { type AddressPolicy, type ConnectRefusal, isMetadataName, mayConnect } from '@llmstatus/shared/address'

/**
 * The prober's connector around the shared address policy. What it refuses is an outcome (`egress_denied`), not an
 * error, and no byte leaves for it.
 *
 * Invariants
 * - The name is looked at before it is resolved, so that a metadata name is not even asked for.
 * - Every address that a name resolves to must be allowed, not only the one that is used: a name that points both
 *   outside and inside is not a name to send a key to.
 * - The peer of the open connection is looked at again, before the first byte.
 */
export type Refusal = 'metadata_name' | ConnectRefusal

export const refuseName = (host: string): Refusal | null => (isMetadataName(host) ? 'metadata_name' : null)

export const refuseAddress = (address: string, policy: AddressPolicy): Refusal | null => {
  const verdict = mayConnect(address, policy)
  return verdict.ok ? null : verdict.reason
}

/** The first reason against any of them. */
export const refuseAddresses = (addresses: readonly string[], policy: AddressPolicy): Refusal | null =>
  addresses.map(address => refuseAddress(address, policy)).find(refusal => refusal !== null) ?? null
