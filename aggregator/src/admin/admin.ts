import type { Removal } from '../definitions/change.ts'
import type { LedgerReport } from '../ingest/verify-ledger.ts'
import type { MoveName, ProberState } from './prober-states.ts'

export type { LedgerReport, Removal }

/** What commands can ask for. The same questions, whether this process answers them or the server that runs. */
export interface Admin {
  readonly createToken: (wish: TokenWish) => Promise<TokenMade>
  readonly probers: () => Promise<readonly ProberView[]>
  /** By id or by name. */
  readonly move: (prober: string, move: MoveName) => Promise<ProberView>
  readonly keys: () => Promise<KeysView>
  readonly rotateKey: () => Promise<KeysView>
  readonly definitions: () => Promise<DefinitionsView>
  readonly addDefinition: (file: DefinitionFile) => Promise<DefinitionAdded>
  readonly removeDefinition: (wish: Removal) => Promise<DefinitionName>
  readonly incidents: () => Promise<readonly IncidentView[]>
  readonly noteIncident: (wish: NoteWish) => Promise<{ readonly incident: string }>
  /** Behind `after_seq`; whoever wants all of it asks until there is no `last_seq`. */
  readonly ledgerPage: (wish: LedgerWish) => Promise<LedgerPageView>
  /** One, by id or by name, or all of them. */
  readonly verifyLedger: (prober: string | null) => Promise<readonly LedgerReport[]>
  readonly replayable: () => Promise<Replayable>
  /** One provider. */
  readonly replay: (wish: ReplayRequest) => Promise<ReplayView>
}

/** What only the server itself can answer: it has the embedded database open. */
export interface RunningServer extends Admin {
  /** Into the folder for it in the data folder, as the database is at the end of it. */
  readonly copyDatabase: () => Promise<{ readonly folder: string }>
}

export interface Replayable {
  readonly providers: readonly string[]
  /** The first result that is stored. */
  readonly from: string | null
}

export interface ReplayRequest {
  readonly provider: string
  readonly kind: 'hosted' | 'gateway' | 'self_hosted'
  /** The policy's text, and what its errors call it. */
  readonly policy: string
  readonly file: string
  readonly from: string
  readonly to: string
  readonly outcomes: 'as_stored' | 'classified_again'
}

export interface EpisodeView {
  readonly id: string | null
  readonly opened_at: string
  readonly resolved_at: string | null
  readonly impact: string
  readonly reason: string
}

export interface DifferenceView {
  readonly is: 'same' | 'changed' | 'opened' | 'not_opened'
  readonly was: EpisodeView | null
  readonly now: EpisodeView | null
  readonly opens_s: number | null
  readonly resolves_s: number | null
}

export interface ReplayView {
  readonly results: number
  /** How many have another outcome today, by `was > is`. */
  readonly reclassified: Readonly<Record<string, number>>
  readonly differences: readonly DifferenceView[]
}

/** How long a token is good for, where nobody says otherwise. */
export const defaultTtlMs = 24 * 3_600_000

export interface TokenWish {
  readonly ttl_ms: number
  readonly approval: 'by_hand' | 'automatic'
}

export interface TokenMade {
  readonly token: string
  readonly kid: string
  readonly expires_at: string
}

export interface ProberView {
  readonly id: string
  readonly name: string
  readonly state: ProberState
  readonly region: string | null
  readonly version: string
  /** As the prober shows its own: compared aloud before an approval. */
  readonly thumbprint: string
  readonly enrolled_at: string
  readonly last_batch_at: string | null
  /** Of the last record that was taken. */
  readonly seq: number
  /** How far its clock is from the aggregator's, as it found itself; null where it does not know. */
  readonly clock_offset_ms: number | null
  /** Lines that could not be read, by reason. */
  readonly rejected: Readonly<Record<string, number>>
  /** Keys of a newer version that were dropped. */
  readonly dropped_keys: number
  /** Results where our outcome is not the one that it stated. */
  readonly disagreed: number
}

/** The aggregator's own keys; of each only what everybody may see. */
export interface KeysView {
  readonly file: string
  readonly in_force: { readonly kid: string; readonly thumbprint: string; readonly since: string }
  /** In force before; what names them is taken until then. `held` is whether their seed is still in the file. */
  readonly former: readonly { readonly kid: string; readonly until: string; readonly held: boolean }[]
  /** In the file, and never in force. */
  readonly next: readonly string[]
}

export interface DefinitionFile {
  readonly text: string
  /** As its errors name it. */
  readonly file: string
}

export interface DefinitionName {
  readonly provider: string
  readonly model: string | null
  readonly name: string
}

export interface DefinitionAdded extends DefinitionName {
  readonly is: 'new' | 'replaced' | 'same'
}

/** What probers are offered. `set` is null where nobody ever added a definition. */
export interface DefinitionsView {
  readonly set: { readonly version: number; readonly expires_at: string } | null
  readonly definitions: readonly (DefinitionName & { readonly added_at: string; readonly definition: unknown })[]
}

export interface LedgerWish {
  /** By id or by name. */
  readonly prober: string
  readonly after_seq: number
  readonly from: string | null
  readonly to: string | null
}

export interface LedgerPageView {
  /** As `shared/src/ledger.ts` writes them, each with its end. */
  readonly lines: readonly string[]
  readonly last_seq: number | null
}

export interface IncidentView {
  readonly id: string
  readonly provider: string
  readonly state: string
  /** The worst it was; how bad it is now, null when it is over. */
  readonly impact: string
  readonly impact_now: string | null
  readonly reason: string
  readonly opened_at: string
  readonly resolved_at: string | null
}

export interface NoteWish {
  /** By id, or by the provider whose incident is open. */
  readonly incident: string
  readonly text: string
}
