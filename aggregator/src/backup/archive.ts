import { CodedError } from '@llmstatus/shared/errors'
import { z } from 'zod'

/**
 * The words of an archive; docs/backup.md describes it for people.
 *
 * ```
 * {"llmstatus_backup":1,…}\n                            the header, readable with `head -1`
 * {"part":"ledger","rows":40,"bytes":81920}\n <gzip>    some rows, one JSON array a line: each value as Postgres writes it
 * {"end":"ledger","rows":40,"sha256":"…"}\n             of the lines of this table
 * {"end":"archive","rows":…,"bytes":…,"sha256":"…"}     of every byte before this line
 * ```
 *
 * Invariants
 * - Nothing in it is SQL, and nothing in it names a file: tables and columns are looked up in the schema that was made.
 * - The last line is written again from what was read, and compared as text: there is no second spelling of a good archive.
 */
export const archiveVersion = 1

/** What a reader takes into memory at most. */
export const limits = {
  headerBytes: 4 << 20,
  lineBytes: 4096,
  partBytes: 128 << 20,
  inflatedBytes: 256 << 20,
} as const

const Jwk = z.strictObject({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string().max(64) })

/** The parameters are read from the archive, so they are bounded: whoever made it must not take all of our memory. */
export const SealedKey = z.strictObject({
  kdf: z.literal('scrypt'),
  n: z
    .int()
    .min(1 << 14)
    .max(1 << 20),
  r: z.int().min(8).max(16),
  p: z.int().min(1).max(4),
  salt: z.string().max(128),
  cipher: z.literal('aes-256-gcm'),
  nonce: z.string().max(64),
  sealed: z.string().max(65_536),
})
export type SealedKey = z.infer<typeof SealedKey>

const Name = z.string().regex(/^[a-z0-9_]{1,63}$/)

export const Header = z.strictObject({
  llmstatus_backup: z.literal(archiveVersion),
  created_at: z.iso.datetime(),
  version: z.string().max(64),
  engine: z.enum(['pglite', 'postgres']),
  /** Whose database it is; null where no server ever ran on it. The public half is there where the key's file was. */
  aggregator: z.strictObject({ kid: z.string().max(64), jwk: Jwk.nullable() }).nullable(),
  /** The migrations that the tables below are of. */
  schema: z.array(z.strictObject({ n: z.int().min(1), name: z.string().max(200), sha256: z.string().length(64) })),
  tables: z.array(z.strictObject({ name: Name, columns: z.array(Name).min(1) })),
  /** Which days have a partition. */
  days: z.array(z.strictObject({ table: Name, day: z.iso.date() })),
  /** Numbers that were given out, also to rows that are gone. */
  numbers: z.array(z.strictObject({ table: Name, column: Name, last: z.int().min(0) })),
  /** The seeds of the aggregator's keys, sealed with a passphrase; null where none was given. */
  key: SealedKey.nullable(),
})
export type Header = z.infer<typeof Header>

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/)

export const Mark = z.union([
  z.strictObject({ part: Name, rows: z.int().min(1), bytes: z.int().min(1).max(limits.partBytes) }),
  z.strictObject({ end: Name, rows: z.int().min(0), sha256: Sha256, bytes: z.int().min(1).optional() }),
])
export type Mark = z.infer<typeof Mark>

export const partLine = (table: string, rows: number, bytes: number): string =>
  `${JSON.stringify({ part: table, rows, bytes })}\n`

export const tableEndLine = (table: string, rows: number, sha256: string): string =>
  `${JSON.stringify({ end: table, rows, sha256 })}\n`

export interface Totals {
  readonly rows: number
  readonly bytes: number
  readonly sha256: string
}

/** No table has this name. */
export const archiveEnd = 'archive'
export const archiveEndLine = ({ rows, bytes, sha256 }: Totals): string =>
  `${JSON.stringify({ end: archiveEnd, rows, bytes, sha256 })}\n`

export const unusable = (message: string, hint = 'Use another archive. Nothing was changed.'): CodedError =>
  new CodedError('archive_unusable', message, { hint })

export const damaged = (what: string): CodedError => unusable(`The archive is damaged: ${what}.`)

/** What is no archive, a newer one and a damaged one are told apart: they are mended in different ways. */
export const readHeader = (line: string): Header => {
  const value = jsonOf(line)
  const version = z.looseObject({ llmstatus_backup: z.int() }).safeParse(value)
  if (!version.success) throw unusable('This is not an archive of `llmstatus-aggregator backup`.')
  if (version.data.llmstatus_backup > archiveVersion)
    throw unusable(
      `The archive has version ${version.data.llmstatus_backup}, and this program reads ${archiveVersion}.`,
      'Restore it with the version that made it, or a newer one. Nothing was changed.',
    )
  const header = Header.safeParse(value)
  if (header.success) return header.data
  throw damaged(`its first line does not say what it should (${header.error.issues[0]?.path.join('.') ?? ''})`)
}

export const readMark = (line: string): Mark => {
  const mark = Mark.safeParse(jsonOf(line))
  if (!mark.success) throw damaged('a line between its parts cannot be read')
  return mark.data
}

const jsonOf = (line: string): unknown => {
  try {
    return JSON.parse(line)
  } catch {
    return null
  }
}
