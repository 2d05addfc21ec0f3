/**
 * Whether a failure says that the database cannot be used now. Then nothing was stored and the same request may come
 * again. Everything else that a query throws is a bug of ours.
 */

/** SQLSTATE classes: connection, serialization and deadlock, resources and disk, operator, I/O, lock, idle transaction. */
const classes = ['08', '40', '53', '57', '58', '55P03', '25P03'] as const

const socketCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOSPC',
])

/** What the drivers throw without a code. */
const sentences =
  /connection terminated|timeout exceeded when trying to connect|query read timeout|not queryable|pool after calling end|PGlite is clos|driver has already been destroyed/i

export const isUnavailable = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false
  const code = 'code' in error && typeof error.code === 'string' ? error.code : null
  if (code !== null && (socketCodes.has(code) || classes.some(prefix => code.startsWith(prefix)))) return true
  return sentences.test(error.message) || isUnavailable(error.cause)
}

/** Somebody held what was wanted, for longer than we wait: lock_not_available, or the other way in which a wait ends. */
export const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === '55P03' || error.code === '40P01')

/** Postgres' own word for a row that is already there. */
export const isDuplicate = (error: unknown, constraint: string): boolean =>
  error instanceof Error &&
  'code' in error &&
  error.code === '23505' &&
  'constraint' in error &&
  error.constraint === constraint
