import { z } from 'zod'
import { Digest, Instant, ModelId, plain, Slug, Uuid7 } from './ids.ts'
import { operations, outcomeCodes, skipCodes } from './outcome.ts'
import { type Read, readVersioned } from './strict.ts'

/** The version that a batch's `v` claim names. */
export const resultVersion = 1

// Every whole number is bounded by the column it goes to: one that Postgres cannot hold would lose its whole batch.
const int4 = 2_000_000_000
const int2 = 32_767
const Us = z.int().min(0).max(int4)
const Count = z.int().min(0).max(1_000_000_000)
const Ms = z.int().min(100).max(int4)
/** What a provider called its model: text from outside, so it is cut and cleaned on the way in, never refused. */
const ModelReported = z.string().transform(text => plain(text, 128))
/** A token from a closed list of the dialect that matched it; never text from outside. */
export const Signal = z.string().regex(/^[a-z0-9_.:-]{1,48}$/i, 'is not a signal token')

/** Offsets from `at` on the monotonic clock; null where the probe did not get so far. */
export const Timings = z.strictObject({
  dns: Us.nullable(),
  tcp: Us.nullable(),
  tls: Us.nullable(),
  sent: Us.nullable(),
  first_byte: Us.nullable(),
  first_token: Us.nullable(),
  first_visible: Us.nullable(),
  last_byte: Us.nullable(),
})
export type Timings = z.infer<typeof Timings>

const Headroom = z.strictObject({
  limit: z.number().min(0).nullable(),
  remaining: z.number().nullable(),
  reset_s: z.number().min(0).nullable(),
})
export const RateLimit = z.strictObject({ requests: Headroom.nullable(), tokens: Headroom.nullable() })
export type RateLimit = z.infer<typeof RateLimit>

export const whys = ['schedule', 'boot', 'followup', 'manual'] as const
export const finishes = ['stop', 'length', 'filter', 'tool', 'none'] as const

const slotFields = {
  id: Uuid7,
  slot: Instant,
  why: z.enum(whys),
  provider: Slug,
  model: ModelId.nullable(),
  probe: Slug,
}

/** One measured slot. No prompt, answer, header, address or host name: timings, counts, codes. */
export const ResultLine = z.strictObject({
  ...slotFields,
  at: Instant,
  def: Digest,
  dialect: Slug,
  outcome: z.enum(outcomeCodes),
  classifier: z.int().min(1).max(int2),
  operation: z.enum(operations).nullable(),
  signal: Signal.nullable(),
  finish: z.enum(finishes),
  content: z.enum(['pass', 'fail', 'none']),
  http_status: z.int().min(100).max(999).nullable(),
  errno: z
    .string()
    .regex(/^[A-Z0-9_]{1,48}$/)
    .nullable(),
  us: Timings,
  tokens: z.strictObject({ in: Count.nullable(), out: Count.nullable(), reasoning: Count.nullable() }),
  chunks: Count,
  gap_us: z.strictObject({ p50: Us, max: Us }).nullable(),
  cost_usd: z.number().min(0).max(1_000_000).nullable(),
  rate_limit: RateLimit.nullable(),
  model_reported: ModelReported.nullable(),
  connection: z.enum(['cold', 'warm']),
  via_proxy: z.boolean(),
  uncertainty_us: Us,
  loop_delay_us: Us,
})
export type ResultLine = z.infer<typeof ResultLine>

const howMany = (parts: readonly unknown[]): number => parts.filter(part => part !== undefined).length

/** One planned slot, or a run of them, that was not measured. `from`, `to` and `count` come together or not at all. */
export const SkipLine = z
  .strictObject({
    ...slotFields,
    skip: z.enum(skipCodes),
    from: Instant.optional(),
    to: Instant.optional(),
    count: Count.min(1).optional(),
  })
  .refine(({ from, to, count }) => [0, 3].includes(howMany([from, to, count])), 'from, to and count come together')
  .refine(({ from, to }) => from === undefined || to === undefined || from <= to, 'from is after to')
export type SkipLine = z.infer<typeof SkipLine>

export const probeTypes = ['reachability', 'chat', 'embeddings', 'http', 'tcp', 'reference', 'control'] as const
export type ProbeType = (typeof probeTypes)[number]

export const Sla = z.strictObject({
  ttfb_p95_ms: z.number().positive().optional(),
  total_p95_ms: z.number().positive().optional(),
  tps_p50_min: z.number().positive().optional(),
})

/** What a result's `def` stands for: no prompt, no expectation, no host. */
export const DefinitionLine = z.strictObject({
  kind: z.literal('definition'),
  at: Instant,
  def: Digest,
  provider: Slug,
  model: ModelId.nullable(),
  probe: Slug,
  type: z.enum(probeTypes),
  dialect: Slug,
  keyed: z.boolean(),
  origin: z.enum(['shipped', 'set']),
  every_ms: Ms,
  timeout_ms: Ms,
  sla: Sla.nullable(),
  billed: z.boolean(),
  reasoning: z.boolean(),
})
export type DefinitionLine = z.infer<typeof DefinitionLine>

export type Line =
  | { readonly kind: 'result'; readonly line: ResultLine }
  | { readonly kind: 'skip'; readonly line: SkipLine }
  | { readonly kind: 'definition'; readonly line: DefinitionLine }

/** Why a line was counted and left out. The batch that carried it is kept whole. */
export type LineReject = 'not_json' | 'not_an_object' | 'unknown_kind' | 'bad_shape' | 'too_long'

export type ReadLine =
  | (Line & { readonly ok: true; readonly dropped: number })
  | { readonly ok: false; readonly reason: LineReject; readonly detail: string }

export const maxLineBytes = 16_384

// An aggregator reads little else, and compiled ahead the check takes a fifth of the time.
const schemas = { result: z.compile(ResultLine), skip: SkipLine, definition: DefinitionLine } as const

/** JSON with a key twice is read as JavaScript, Postgres and jq read it: the last one counts. */
export const readLine = (text: string, theirVersion: number = resultVersion): ReadLine => {
  if (Buffer.byteLength(text) > maxLineBytes) return reject('too_long', `over ${maxLineBytes} bytes`)
  const value = parse(text)
  if (value === undefined) return reject('not_json', 'not JSON')
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    return reject('not_an_object', 'not an object')
  const kind = kindOf(value)
  if (kind === null) return reject('unknown_kind', 'not a result, a skip or a definition')
  const version = { theirs: theirVersion, ours: resultVersion }
  const read: Read<Line['line']> = readVersioned<Line['line']>(schemas[kind], value, version)
  return read.ok
    ? ({ ok: true, kind, line: read.value, dropped: read.dropped } as ReadLine)
    : reject('bad_shape', read.reason)
}

const reject = (reason: LineReject, detail: string): ReadLine => ({ ok: false, reason, detail })

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const kindOf = (value: object): Line['kind'] | null => {
  if ('kind' in value) return value.kind === 'definition' ? 'definition' : null
  return 'skip' in value ? 'skip' : 'result'
}
