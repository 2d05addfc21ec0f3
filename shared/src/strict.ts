import type { z } from 'zod'
import { plain } from './ids.ts'

/**
 * One rule for everything that carries a version: at our own version an unknown key is an error, at a newer one it is
 * dropped and counted, so that an old aggregator can read a new prober.
 */
export type Read<T> =
  | { readonly ok: true; readonly value: T; readonly dropped: number }
  | { readonly ok: false; readonly reason: string }

export const readVersioned = <T>(
  schema: z.ZodType<T>,
  value: unknown,
  version: { readonly theirs: number; readonly ours: number },
): Read<T> => {
  const first = schema.safeParse(value)
  if (first.success) return { ok: true, value: first.data, dropped: 0 }
  const unknown = unknownKeys(first.error)
  if (version.theirs <= version.ours || unknown.length === 0) return { ok: false, reason: describe(first.error) }
  const second = schema.safeParse(without(value, unknown))
  if (!second.success) return { ok: false, reason: describe(second.error) }
  return { ok: true, value: second.data, dropped: unknown.length }
}

/** Every unknown key with its path. */
const unknownKeys = (error: z.ZodError): PropertyKey[][] =>
  error.issues.flatMap(issue => (issue.code === 'unrecognized_keys' ? issue.keys.map(key => [...issue.path, key]) : []))

/**
 * Copies what lies on a path and nothing else, each object once: what hangs below an unknown key may be nested deeper
 * than a stack, and thousands of unknown keys must not cost their square.
 */
const without = (value: unknown, paths: readonly PropertyKey[][]): unknown => {
  if (value === null || typeof value !== 'object') return value
  const gone = new Set(paths.filter(path => path.length === 1).map(path => String(path[0])))
  const deeper = Map.groupBy(
    paths.filter(path => path.length > 1),
    path => String(path[0]),
  )
  const kept = Object.entries(value).filter(([key]) => !gone.has(key))
  const inner = kept.map(([key, at]): [string, unknown] => {
    const below = deeper.get(key)
    return [
      key,
      below === undefined
        ? at
        : without(
            at,
            below.map(path => path.slice(1)),
          ),
    ]
  })
  return Array.isArray(value) ? inner.map(([, at]) => at) : Object.fromEntries(inner)
}

/**
 * The first thing that is wrong, as `path: what`, short enough for a log line and a column. It quotes what was sent,
 * and Postgres takes neither NUL nor half a surrogate pair: an unprintable reason would lose the batch it is about.
 */
export const describe = (error: z.ZodError): string => {
  const issue = error.issues[0]
  if (issue === undefined) return 'invalid'
  const path = issue.path.map(String).join('.')
  return plain(`${path === '' ? '' : `${path}: `}${issue.message}`, 200)
}
