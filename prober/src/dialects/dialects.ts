import type { Dialect, DialectName } from './dialect.ts'
import { http } from './http.ts'
import { openai } from './openai.ts'
import { tcp } from './tcp.ts'

export const dialects = { openai, http, tcp } satisfies { readonly [N in DialectName]: Dialect<N> }

export const isDialect = (name: string): name is DialectName => Object.hasOwn(dialects, name)

/** A probe names its dialect only after the configuration was checked against this map. */
export const dialectOf = (name: string): Dialect => {
  if (!isDialect(name)) throw new Error(`no dialect is named ${name}`)
  return dialects[name]
}
