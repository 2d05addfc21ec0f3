import type { RateLimit } from '@llmstatus/shared/result'
import { z } from 'zod'
import type { Frame } from '../framing/frame.ts'
import type { Fact } from './dialect.ts'
import { listOf, text } from './fields.ts'
import { parseJson } from './json.ts'

/** Gemini has no headers for its limits: which one was reached, and when to come again, stand in the error's details. */
const Detail = z.object({
  violations: listOf(z.object({ quotaId: text, quotaValue: text })),
  retryDelay: text,
})
const Body = z.object({ error: z.object({ details: listOf(Detail) }) })

export const headroomFacts = ({ data }: Frame): readonly Extract<Fact, { fact: 'headroom' }>[] => {
  const json = parseJson(data)
  const root: unknown =
    json.ok && Array.isArray(json.value) ? (json.value as unknown[])[0] : json.ok ? json.value : null
  const details = (Body.safeParse(root).data?.error.details ?? []).filter(detail => detail !== null)
  const reached = details.flatMap(({ violations }) => violations ?? []).find(violation => violation?.quotaId)
  if (reached?.quotaId == null) return []
  const limit = numberOf(reached.quotaValue ?? '')
  // of a day's limit it says when the next minute begins
  const isDaily = reached.quotaId.includes('PerDay')
  const reset_s = isDaily ? null : secondsOf(details.find(({ retryDelay }) => retryDelay)?.retryDelay ?? '')
  const said = { limit, remaining: null, reset_s }
  const isOfTokens = reached.quotaId.includes('Token')
  const headroom: RateLimit = isOfTokens ? { requests: null, tokens: said } : { requests: said, tokens: null }
  return [{ fact: 'headroom', headroom }]
}

const numberOf = (value: string): number | null => (/^\d{1,15}$/.test(value) ? Number(value) : null)

/** A duration as protobuf writes it: `48s`, `1.5s`. */
const secondsOf = (delay: string): number | null => {
  const [, seconds] = /^(\d{1,9}(?:\.\d{1,9})?)s$/.exec(delay) ?? []
  return seconds === undefined ? null : Math.round(Number(seconds) * 1000) / 1000
}
