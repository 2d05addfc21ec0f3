import type { Environment } from '@llmstatus/shared/environment'
import type { ProviderFile } from '@llmstatus/shared/provider-file'
import type { Env, ReadFile } from '@llmstatus/shared/read-secret'
import type { Grant } from '../credentials/bind.ts'
import type { Definitions } from './read-definitions.ts'
import type { LoadedFile } from './read-prober-file.ts'

/** One place that is probed: a provider with a key or without, or a target of our own. */
export interface Endpoint {
  /** What results call it: the provider file's id, or the target's. */
  readonly id: string
  readonly kind: ProviderFile['kind']
  /** Null for a plain http or tcp target. */
  readonly file: ProviderFile | null
  readonly isTarget: boolean
  readonly grant: Grant
  /** Fills `{NAME}` in paths. */
  readonly values: Readonly<Record<string, string>>
  /** Which models the suite chats with; null means the file's default. */
  readonly models: readonly string[] | null
  readonly maxOutputTokens: number | null
}

/** What endpoints are made from. */
export interface Sources {
  readonly env: Env
  readonly readFile: ReadFile
  readonly environment: Environment
  readonly file: LoadedFile | null
  readonly definitions: Definitions
}

export interface Found {
  readonly endpoints: readonly Endpoint[]
  /** For the operator: what was seen and not done. */
  readonly notes: readonly string[]
}

/** A plain http or tcp target speaks no dialect; its key, where it has one, is a bearer token. */
export const plainAuth: ProviderFile['auth'] = { scheme: 'bearer', header: 'authorization' }
