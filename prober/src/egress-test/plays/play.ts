import type { Case, CaseOf, Kind } from '../case.ts'
import type { Finding } from '../finding.ts'
import type { Stage } from '../stage.ts'

export interface Played {
  /** In words, for who reads the report. */
  readonly tried: string
  readonly finding: Finding
}

/** What is done with a case of one kind. */
export type Play<K extends Kind = Kind> = (stage: Stage, one: CaseOf<K>) => Promise<Played>

export type Plays = { readonly [K in Kind]: Play<K> }

/** `{key}`, `{sink}` and `{own}` in whatever a case says. */
export const filled = (one: Case, values: Readonly<Record<string, string>>): Case =>
  JSON.parse(
    JSON.stringify(one).replace(/\{(key|key64|sink|own)\}/g, (whole, name: string) => values[name] ?? whole),
  ) as Case
