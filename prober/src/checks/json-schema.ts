import { suggest } from '@llmstatus/shared/did-you-mean'
import { keywords, type Schema, schemasIn } from './schema-keywords.ts'

/**
 * Whether an answer is JSON of some shape. A part of JSON Schema, each keyword of it in schema-keywords.ts; what is not
 * there is refused when the definition is read, because a keyword that nothing checks looks like a check that passes.
 */

/** Longer than any answer that a definition can ask for. */
const maxTextLength = 1 << 18

/** Whether the whole answer is JSON of this shape; null where the schema cannot be used. */
export const fitsSchema = (schema: Readonly<Record<string, unknown>>, text: string): boolean | null => {
  if (schemaProblem(schema) !== null) return null
  if (text.length > maxTextLength) return false
  try {
    return fits(schema as Schema, JSON.parse(text))
  } catch {
    return false
  }
}

const fits = (schema: Schema, value: unknown): boolean =>
  typeof schema === 'boolean'
    ? schema
    : Object.entries(schema).every(([name, said]) => keywords[name]?.holds({ said, value, schema, fits }) ?? false)

/** Why a schema cannot be used; null where it can. */
export const schemaProblem = (schema: unknown): string | null => {
  if (typeof schema === 'boolean') return null
  if (schema === null || typeof schema !== 'object' || Array.isArray(schema)) return 'holds something that is no schema'
  for (const [name, said] of Object.entries(schema)) {
    const problem = keywordProblem(name, said)
    if (problem !== null) return problem
  }
  return null
}

const keywordProblem = (name: string, said: unknown): string | null => {
  if (matching.has(name)) return `holds ${name}; a pattern belongs in response_matches, where it runs in linear time`
  const keyword = Object.hasOwn(keywords, name) ? keywords[name] : undefined
  if (keyword === undefined)
    return `holds ${JSON.stringify(name.slice(0, 32))}, which is not checked here; ${suggest(name, Object.keys(keywords))}`
  if (!keyword.isSaidWell(said)) return `holds ${name}, and not ${keyword.takes}`
  for (const inner of schemasIn(keyword, said)) {
    const problem = schemaProblem(inner)
    if (problem !== null) return problem
  }
  return null
}

const matching: ReadonlySet<string> = new Set(['pattern', 'patternProperties', 'format'])
