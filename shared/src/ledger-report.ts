import { z } from 'zod'
import { type Gap, readBatchHeader } from './batch.ts'
import { ProberId, Thumbprint } from './ids.ts'
import { readText } from './jws.ts'
import type { VerifyingKey } from './keys.ts'
import { type LedgerRecord, readLedgerLine, startWalk, type Walk, walkOn } from './ledger.ts'

/** An export read from its first line to its last, and what it holds. */
export interface ExportReport {
  /** Null where not even the first record says. */
  readonly prober: string | null
  readonly aggregator: string | null
  readonly records: number
  readonly lines: number
  readonly results: number
  readonly skips: number
  readonly definitions: number
  /** The first and last number that hold; null where none does. */
  readonly from: number | null
  readonly to: number | null
  /** What the batches say of themselves: the oldest and newest time in them. */
  readonly oldest: string | null
  readonly newest: string | null
  readonly rotations: number
  readonly gaps: readonly Gap[]
  readonly receipts: 'checked' | 'not_checked'
  readonly broken: { readonly seq: number; readonly why: string } | null
  /** The line of the file that is none of an export; nothing behind it was looked at. */
  readonly unreadable: { readonly line: number } | null
}

export interface TrustedKeys {
  /** Null: whichever prober the first record names, if one of these keys signed it. */
  readonly prober: ProberId | null
  readonly keys: readonly VerifyingKey[]
  /** Null: receipts are not looked at. */
  readonly aggregators: readonly VerifyingKey[] | null
}

type Counts = Pick<ExportReport, 'results' | 'skips' | 'definitions' | 'oldest' | 'newest' | 'aggregator'>

const noCounts: Counts = { results: 0, skips: 0, definitions: 0, oldest: null, newest: null, aggregator: null }

export const verifyExport = async (lines: AsyncIterable<string>, trusted: TrustedKeys): Promise<ExportReport> => {
  let walk: Walk | null = null
  let counts = noCounts
  let at = 0
  const report = (end: Partial<ExportReport>): ExportReport => ({
    prober: walk?.prober ?? null,
    records: walk?.records ?? 0,
    lines: walk?.lines ?? 0,
    from: walk?.from ?? null,
    to: walk?.head?.seq ?? null,
    rotations: walk?.rotations ?? 0,
    gaps: walk?.gaps ?? [],
    receipts: trusted.aggregators === null ? 'not_checked' : 'checked',
    broken: null,
    unreadable: null,
    ...counts,
    ...end,
  })
  for await (const text of lines) {
    at += 1
    const record = readLedgerLine(text)
    if (record === null) return report({ unreadable: { line: at } })
    walk ??= beginAt(record, trusted)
    if (walk === null) return report({ broken: { seq: manifestOf(record.jws)?.seq ?? 1, why: unknownSigner } })
    const stride = await walkOn(walk, record)
    if (!stride.ok) return report({ broken: { seq: stride.seq, why: stride.why } })
    walk = stride.walk
    counts = count(counts, record, stride.lines)
  }
  return report({})
}

const unknownSigner = 'it is signed by a key that is not known here'

/** With the key that the first record says, if it is one of ours; whether it is, its signature shows. */
const beginAt = (record: LedgerRecord, { keys, prober, aggregators }: TrustedKeys): Walk | null => {
  const kid = readBatchHeader(record.jws)?.kid
  const key = keys.find(each => each.kid === kid)
  const who = prober ?? manifestOf(record.jws)?.iss
  if (key === undefined || who === undefined) return null
  return startWalk({ prober: who, head: null, key, aggregators })
}

const Manifest = z.object({
  iss: ProberId,
  aud: Thumbprint,
  seq: z.int(),
  from: z.string().nullable(),
  to: z.string().nullable(),
})

const manifestOf = (jws: string): z.infer<typeof Manifest> | null => {
  const read = Manifest.safeParse(readText(Buffer.from(jws.split('.')[1] ?? '', 'base64url')))
  return read.success ? read.data : null
}

/** Text search is enough and safe here: inside a JSON string these quotes would be escaped. */
const count = (before: Counts, { jws }: LedgerRecord, lines: readonly string[]): Counts => {
  const definitions = lines.filter(line => line.includes('"kind":"definition"')).length
  const skips = lines.filter(line => line.includes('"skip":"')).length
  const manifest = manifestOf(jws)
  return {
    results: before.results + lines.length - definitions - skips,
    skips: before.skips + skips,
    definitions: before.definitions + definitions,
    oldest: earlier(before.oldest, manifest?.from ?? null),
    newest: later(before.newest, manifest?.to ?? null),
    aggregator: manifest?.aud ?? before.aggregator,
  }
}

const earlier = (a: string | null, b: string | null) => (a === null || (b !== null && b < a) ? b : a)
const later = (a: string | null, b: string | null) => (a === null || (b !== null && b > a) ? b : a)
