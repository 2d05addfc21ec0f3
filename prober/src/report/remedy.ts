import { genesis, limits } from '@llmstatus/shared/batch'
import { Digest } from '@llmstatus/shared/ids'
import { z } from 'zod'
import type { Place } from '../spool/outbox.ts'
import type { DoorAnswer, HttpAnswer } from './door.ts'

/**
 * What an answer to a batch means. No status alone frees, drops or re-enrols anything: whatever does not also say what
 * only our aggregator says is tried again.
 */
export type Remedy =
  /** Settle it, if the receipt holds. */
  | { readonly do: 'settle'; readonly receipt: string; readonly rejected: readonly RejectedLine[] }
  /** The aggregator stands elsewhere: a gap from there, then the batch again. */
  | { readonly do: 'reposition'; readonly expectedSeq: number; readonly head: string }
  /** Never taken as it is: quarantine and a gap. */
  | { readonly do: 'refuse'; readonly code: string }
  /** Two histories under one key: nothing more is sent. */
  | { readonly do: 'stop'; readonly at: Place | null }
  /** The aggregator knows us and does not take it for now. Measuring goes on. */
  | { readonly do: 'wait'; readonly code: WaitCode }
  | { readonly do: 'retry'; readonly why: string; readonly afterMs: number | null }

const waitCodes = ['unknown_key', 'not_approved', 'revoked', 'quarantined'] as const
export type WaitCode = (typeof waitCodes)[number]

const RejectedLine = z.object({ line: z.int(), reason: z.string().max(64) })
export type RejectedLine = z.infer<typeof RejectedLine>

const Taken = z.object({ seq: z.int(), receipt: z.string().max(4096), rejected: z.array(RejectedLine).catch([]) })
const Coded = z.object({ code: z.string().min(1).max(64) })
const Waiting = z.object({ code: z.enum(waitCodes) })
const GapAnswer = z.object({ code: z.literal('gap'), expected_seq: z.int().min(1), head: Digest })
const Fork = z.object({ code: z.literal('fork') })
const ForkPlace = z.object({ expected_seq: z.int().min(1).max(limits.seq), head: Digest })

export const remedyFor = (answer: DoorAnswer, seq: number): Remedy => {
  if (!answer.ok) return { do: 'retry', why: answer.why, afterMs: null }
  const { status, json } = answer
  const retry: Remedy = { do: 'retry', why: describe(answer), afterMs: retryAfterMs(answer) }
  if (status === 200 || status === 201) {
    const taken = Taken.safeParse(json)
    return taken.success && taken.data.seq === seq ? { do: 'settle', ...taken.data } : retry
  }
  if (status === 401 || status === 403) {
    const waiting = Waiting.safeParse(json)
    return waiting.success ? { do: 'wait', code: waiting.data.code } : retry
  }
  if (status === 409) return fork(json) ?? reposition(json, seq) ?? retry
  if (status === 413 || status === 422) {
    const coded = Coded.safeParse(json)
    return coded.success ? { do: 'refuse', code: coded.data.code } : retry
  }
  return retry
}

/** Where the aggregator stands is needed only if somebody says later that it is right. */
const fork = (json: HttpAnswer['json']): Remedy | null => {
  if (!Fork.safeParse(json).success) return null
  const place = ForkPlace.safeParse(json)
  return { do: 'stop', at: place.success ? { expectedSeq: place.data.expected_seq, head: place.data.head } : null }
}

/** Believed only where it can be true: before this record, and where it says the beginning, with the hash of it. */
const reposition = (json: HttpAnswer['json'], seq: number): Remedy | null => {
  const gap = GapAnswer.safeParse(json)
  if (!gap.success) return null
  const { expected_seq: expectedSeq, head } = gap.data
  if (expectedSeq >= seq || (expectedSeq === 1) !== (head === genesis)) return null
  return { do: 'reposition', expectedSeq, head }
}

const describe = ({ status, json }: HttpAnswer): string => {
  const coded = Coded.safeParse(json)
  if (coded.success) return `status ${status} ${coded.data.code}`
  return json === null ? `status ${status}, and not from an aggregator` : `status ${status}`
}

const longestWaitMs = 600_000

/** Seconds or a date; our own clock is not asked, the answer carries one. */
const retryAfterMs = ({ retryAfter, date, receivedMs }: HttpAnswer): number | null => {
  if (retryAfter === null) return null
  const nowMs = date === null ? receivedMs : Date.parse(date)
  const waitMs = /^\d{1,6}$/.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - nowMs
  return Number.isNaN(waitMs) ? null : Math.min(Math.max(waitMs, 0), longestWaitMs)
}
