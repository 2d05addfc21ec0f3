import type { z } from 'zod'
import { nearest, suggest } from './did-you-mean.ts'

/** What zod found, in words for the person who wrote the file. A value is never repeated: it might be a secret. */
export interface SchemaProblem {
  readonly path: readonly PropertyKey[]
  /** Whether the key itself is wrong, or what stands under it. */
  readonly at: 'key' | 'value'
  readonly what: string
  readonly hint: string | undefined
}

type Issue = z.core.$ZodIssue

/** The first of each path: a value that is no URL at all need not also be the wrong one. */
export const schemaProblems = (schema: z.ZodType, error: z.ZodError): readonly SchemaProblem[] => {
  const found = error.issues.flatMap(issue => problemsOf(schema, [], issue))
  const paths = found.map(({ path }) => JSON.stringify(path))
  return found.filter((_problem, index) => paths.indexOf(paths[index] ?? '') === index)
}

const problemsOf = (schema: z.ZodType, above: readonly PropertyKey[], issue: Issue): readonly SchemaProblem[] => {
  const path = [...above, ...issue.path]
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = keysAt(schema, path)
      return issue.keys.map(key => ({
        path: [...path, key],
        at: 'key',
        what: 'is not a known key',
        hint: suggest(key, known),
      }))
    }
    case 'invalid_union': {
      const branch = closestBranch(issue.errors)
      if (branch !== null && !isFlat(issue.errors)) return branch.flatMap(inner => problemsOf(schema, path, inner))
      return [{ path, at: 'value', what: issueWords(issue), hint: undefined }]
    }
    case 'invalid_key':
      return [{ path, at: 'key', what: issue.issues[0] ? issueWords(issue.issues[0]) : issue.message, hint: undefined }]
    default:
      return [{ path, at: 'value', what: issueWords(issue), hint: hintFor(issue) }]
  }
}

const hintFor = (issue: Issue): string | undefined => {
  if (issue.code !== 'invalid_value' || typeof issue.input !== 'string') return undefined
  const meant = nearest(issue.input, issue.values.map(String))
  return meant === null ? undefined : `did you mean "${meant}"?`
}

/** A union of plain values fails as a whole; in a union of mappings one of them was meant. */
const isFlat = (branches: readonly (readonly Issue[])[]): boolean =>
  branches.every(branch => branch.every(issue => issue.path.length === 0 && issue.code !== 'unrecognized_keys'))

/** The branch whose keys fit best: a missing or unknown key says that another was meant. */
const closestBranch = (branches: readonly (readonly Issue[])[]): readonly Issue[] | null => {
  const strangeness = (branch: readonly Issue[]) =>
    branch.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' ? 2 * issue.keys.length : 1), 0)
  return [...branches].sort((a, b) => strangeness(a) - strangeness(b))[0] ?? null
}

const expectedWords: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
}

/** `is missing`, `is not one of none, major`: what is wrong, to be read after a path. */
export const issueWords = (issue: Issue): string => {
  switch (issue.code) {
    case 'invalid_type':
      if (isMissing(issue)) return 'is missing'
      // a schema that says it better says so itself
      return issue.message.startsWith('is ')
        ? issue.message
        : `is not ${expectedWords[issue.expected] ?? issue.expected}`
    case 'invalid_value': {
      const allowed = issue.values.length === 1 ? String(issue.values[0]) : `one of ${issue.values.join(', ')}`
      return isMissing(issue) ? `is missing; it is ${allowed}` : `is not ${allowed}`
    }
    case 'too_small':
      return boundWords(issue.origin, Number(issue.minimum), 'less')
    case 'too_big':
      return boundWords(issue.origin, Number(issue.maximum), 'more')
    case 'unrecognized_keys':
      return `has an unknown key ${issue.keys[0]}`
    default:
      return issue.message
  }
}

/** Known only where the input was reported. */
const isMissing = (issue: Issue): boolean => 'input' in issue && issue.input === undefined

const boundWords = (origin: string, bound: number, side: 'less' | 'more'): string => {
  if (origin === 'string') {
    if (side === 'less' && bound === 1) return 'is empty'
    return side === 'less' ? `is shorter than ${bound} characters` : `is longer than ${bound} characters`
  }
  if (origin === 'array') {
    if (side === 'less' && bound === 1) return 'is empty'
    return side === 'less' ? `has fewer than ${bound} entries` : `has more than ${bound} entries`
  }
  return side === 'less' ? `is less than ${bound}` : `is more than ${bound}`
}

/** Every key that the schema knows at a place, through optionals, lists, unions and transforms. */
export const keysAt = (schema: z.core.$ZodType, path: readonly PropertyKey[]): readonly string[] => [
  ...new Set(
    schemasAt(schema, path).flatMap(inner =>
      'shape' in inner._zod.def ? Object.keys(inner._zod.def.shape as object) : [],
    ),
  ),
]

const schemasAt = (schema: z.core.$ZodType, path: readonly PropertyKey[]): readonly z.core.$ZodType[] => {
  const [key, ...rest] = path
  const here = unwrap(schema)
  if (key === undefined) return here
  return here.flatMap(inner => below(inner, key)).flatMap(next => schemasAt(next, rest))
}

const unwrap = (schema: z.core.$ZodType): readonly z.core.$ZodType[] => {
  const { def } = (schema as z.core.$ZodTypes)._zod
  switch (def.type) {
    case 'optional':
    case 'nullable':
    case 'default':
    case 'readonly':
      return unwrap(def.innerType)
    case 'pipe':
      return unwrap(def.in)
    case 'union':
      return def.options.flatMap(unwrap)
    default:
      return [schema]
  }
}

const below = (schema: z.core.$ZodType, key: PropertyKey): readonly z.core.$ZodType[] => {
  const { def } = (schema as z.core.$ZodTypes)._zod
  if (def.type === 'object') return Object.hasOwn(def.shape, key) ? [def.shape[String(key)] as z.core.$ZodType] : []
  if (def.type === 'array') return [def.element]
  return def.type === 'record' ? [def.valueType] : []
}
