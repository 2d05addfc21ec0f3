import { z } from 'zod'

/**
 * One rule for everything that carries a version: at our own version an unknown key is an error, at a newer one it is
 * dropped and counted, so that an old aggregator can read a new prober.
 */
export type Read<T> = { readonly ok: true; readonly value: T; readonly dropped: number } | { readonly ok: false; readonly reason: string }

export const readVersioned = <T>(
  schema: z.ZodType<T>,
  value: unknown,
  version: { readonly theirs: number; readonly ours: number },
): Read<T> => {
  const first = schema.safeParse(value)
  if (first.success) return { ok: true, value: first.data, dropped: 0 }
  const unknown = unknownKeys(first.error)
  if (version.theirs <= version.ours || unknown === null) return { ok: false, reason: describe(first.error) }
  const second = schema.safeParse(without(value, unknown))
  if (!second.success) return { ok: false, reason: describe(second.error) }
  return { ok: true, value: second.data, dropped: unknown.length }
}

/** Every unknown key with its path, or null when something else is wrong too. */
const unknownKeys = (error: z.ZodError): PropertyKey[][] | null => {
  const paths: PropertyKey[][] = []
  for (const issue of error.issues) {
    if (issue.code !== 'unrecognized_keys') return null
    for (const key of issue.keys) paths.push([...issue.path, key])
  }
  return paths
}

const without = (value: unknown, paths: readonly PropertyKey[][]): unknown => {
  const copy: unknown = structuredClone(value)
  for (const path of paths) {
    const parent = path.slice(0, -1).reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown>)[key], copy)
    delete (parent as Record<PropertyKey, unknown>)[path.at(-1) as PropertyKey]
  }
  return copy
}

/** The first thing that is wrong, as `path: what`, short enough for a log line and a column. */
export const describe = (error: z.ZodError): string => {
  const issue = error.issues[0]
  if (issue === undefined) return 'invalid'
  const path = issue.path.map(String).join('.')
  return `${path === '' ? '' : `${path}: `}${issue.message}`.slice(0, 200)
}
