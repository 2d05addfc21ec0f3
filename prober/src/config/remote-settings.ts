import type { PublicJwk } from '@llmstatus/shared/identity'
import { planRemote, type RawDefinition, type RemotePlan, type Surroundings } from './plan-remote.ts'
import type { LoadedFile } from './read-prober-file.ts'

/** `remote_definitions` of prober.yaml: whose definitions are taken, and what would become of them here. */
export interface RemoteSettings {
  /** Whose signature counts: the aggregator's, whatever its key becomes, or that of a key written down here. */
  readonly keys: readonly ('aggregator' | PublicJwk)[]
  readonly allowPrivate: boolean
  readonly plan: (definitions: readonly RawDefinition[]) => Promise<RemotePlan>
}

/** Null where nobody's are. */
export const remoteSettings = (
  file: LoadedFile | null,
  around: Omit<Surroundings, 'allowPrivate'>,
): RemoteSettings | null => {
  const written = file?.value.remote_definitions
  if (file === null || written?.accept !== true) return null
  const { keys = [], allow_private: allowPrivate = false } = written
  if (keys.length === 0)
    throw file.wrong(
      ['remote_definitions'],
      'accepts definitions, and names nobody who may sign them',
      'add keys: [aggregator], or a public key such as ed25519:…',
    )
  return {
    keys: keys.map(key => (key === 'aggregator' ? key : jwkOf(key))),
    allowPrivate,
    plan: definitions => planRemote(definitions, { ...around, allowPrivate }),
  }
}

const jwkOf = (written: string): PublicJwk => ({ kty: 'OKP', crv: 'Ed25519', x: written.slice('ed25519:'.length) })
