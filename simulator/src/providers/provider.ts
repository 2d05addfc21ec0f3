import type { Auth, Dialect, ErrorForm, Quirks, Route } from '../dialects/dialect.ts'
import type { Mind } from '../speech/speak.ts'

/** One simulated provider: a row of the table. */
export interface Provider {
  readonly id: string
  readonly dialect: Dialect
  /** Others that it is spoken to in, on paths of their own under the same base. */
  readonly also: readonly Dialect[]
  /** Before every path of the dialect. */
  readonly base: string
  /** Null: nobody asks for a key. */
  readonly auth: Auth | null
  /** The listing is answered without a key. */
  readonly openListing: boolean
  readonly models: readonly Model[]
  readonly embeds: readonly string[]
  /** Also answers for models that it does not list. */
  readonly anyModel: boolean
  readonly quirks: Quirks
  /** Paths of its own, from the root: health, for the most part. */
  readonly routes: readonly Route[]
  /** Beside those of its dialect, or in their place. */
  readonly errors: Readonly<Record<string, ErrorForm>>
  readonly headers: Readonly<Record<string, string>>
}

export interface Model {
  readonly id: string
  readonly mind: Mind
}

type Row = Pick<Provider, 'id' | 'dialect'> &
  Partial<Omit<Provider, 'models'>> & { readonly models: readonly (string | Model)[] }

/** What a row leaves out is as the dialect has it. */
export const provider = (row: Row): Provider => ({
  base: '',
  also: [],
  auth: row.dialect.auth,
  openListing: false,
  embeds: [],
  anyModel: false,
  quirks: {},
  routes: [],
  errors: {},
  headers: row.dialect.headers,
  ...row,
  models: row.models.map(model => (typeof model === 'string' ? { id: model, mind: 'plain' } : model)),
})

export const knows = (provider: Provider, model: string): boolean =>
  provider.anyModel || provider.embeds.includes(model) || provider.models.some(({ id }) => id === model)

export const mindOf = (provider: Provider, model: string): Mind =>
  provider.models.find(({ id }) => id === model)?.mind ?? 'plain'

export const errorNamed = (provider: Provider, name: string): ErrorForm | undefined =>
  provider.errors[name] ?? provider.dialect.errors[name]

export const errorNames = (provider: Provider): readonly string[] =>
  [...new Set([...Object.keys(provider.errors), ...Object.keys(provider.dialect.errors)])].sort()

/** The provider's own form for a status, else its dialect's, else one in the dialect's shape that says nothing. */
export const errorWithStatus = (provider: Provider, status: number): ErrorForm =>
  [...Object.values(provider.errors), ...Object.values(provider.dialect.errors)].find(
    form => form.status === status,
  ) ?? {
    status,
    body: provider.dialect.plainError(status, `simulated ${status}`),
  }
