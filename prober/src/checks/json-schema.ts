import { z } from 'zod'

/** Whether the whole answer is JSON of this shape; null where the schema cannot be used. */
export const fitsSchema = (schema: Readonly<Record<string, unknown>>, text: string): boolean | null => {
  const read = compile(schema)
  if (typeof read === 'string') return null
  try {
    return read.safeParse(JSON.parse(text)).success
  } catch {
    return false
  }
}

/** Why a schema cannot be used; null where it can. */
export const schemaProblem = (schema: Readonly<Record<string, unknown>>): string | null => {
  const read = compile(schema)
  return typeof read === 'string' ? read : null
}

const compile = (schema: Readonly<Record<string, unknown>>): z.ZodType | string => {
  const key = patternKey(schema)
  if (key !== null) return `holds ${key}; a pattern belongs in response_matches, where it runs in linear time`
  try {
    return z.fromJSONSchema(schema)
  } catch (error) {
    return error instanceof Error ? error.message.slice(0, 200) : 'is not a JSON schema'
  }
}

const patternKeys = ['pattern', 'patternProperties', 'format'] as const

/** Wherever it stands: a property may bear one of these names, and then its schema is asked no pattern. */
const patternKey = (value: unknown): string | null => {
  if (Array.isArray(value)) return firstOf(value)
  if (value === null || typeof value !== 'object') return null
  const found = patternKeys.find(
    key => Object.hasOwn(value, key) && isKeyword(key, (value as Record<string, unknown>)[key]),
  )
  return found ?? firstOf(Object.values(value))
}

const isKeyword = (key: string, value: unknown): boolean =>
  key === 'patternProperties' ? true : typeof value === 'string'

const firstOf = (values: readonly unknown[]): string | null => {
  for (const value of values) {
    const found = patternKey(value)
    if (found !== null) return found
  }
  return null
}
