import type { Kind } from './kinds.ts'

/** A notice, what was found, and what becomes of it. */

/** What it is about. 0 and '' where it is about no single one: the same words as in the rows, so that they compare. */
export interface Subject {
  readonly prober: number
  readonly provider: string
  readonly model: string
  readonly probe: string
}

/** Numbers and words from closed lists; names of models at most. No host, no key, no text of anybody. */
export type Details = Readonly<Record<string, string | number | null | Readonly<Record<string, number>>>>

export interface Notice extends Subject {
  readonly id: string
  readonly kind: Kind
  readonly firstMs: number
  readonly lastMs: number
  readonly details: Details
}

export interface Found extends Subject {
  readonly kind: Kind
  /** begins: enough to open one · lingers: too little for that, and too much for the end of one */
  readonly strength: 'begins' | 'lingers'
  readonly details: Details
}

export const nobody: Subject = { prober: 0, provider: '', model: '', probe: '' }

export const keyOf = ({ kind, prober, provider, model, probe }: Subject & { readonly kind: Kind }): string =>
  JSON.stringify([kind, prober, provider, model, probe])

export const strengthOf = (begins: boolean, lingers: boolean): Found['strength'] | null =>
  begins ? 'begins' : lingers ? 'lingers' : null
