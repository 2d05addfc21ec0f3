import { keyFromJwk, type VerifyingKey } from '@llmstatus/shared/identity'
import type { RemoteSettings } from '../config/remote-settings.ts'
import type { Identity } from '../report/identity-file.ts'

/** The aggregator's key, and the one that it has named to follow. */
export const pinnedBy = (identity: Identity | null): readonly VerifyingKey[] =>
  identity === null ? [] : [identity.aggregator.key, identity.aggregator.next].filter(key => key !== null)

/** Whose signature counts. The aggregator's key is the pinned one, and only where it is listed. */
export const trustedKeys = async (
  { keys }: Pick<RemoteSettings, 'keys'>,
  aggregator: readonly VerifyingKey[],
): Promise<readonly VerifyingKey[]> =>
  (await Promise.all(keys.map(async key => (key === 'aggregator' ? aggregator : [await keyFromJwk(key)])))).flat()
