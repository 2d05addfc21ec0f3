import type { RateLimit } from '@llmstatus/shared/result'
import type { Probe } from '../probe.ts'
import type { Head } from '../transport/attempt.ts'

/** How much of a key's limits is left, where the provider says so, in the many ways in which it does. */
type Headroom = NonNullable<RateLimit['requests']>
type Names = Probe['rateLimitHeaders']['requests']

export const headroomOf = (head: Head, names: Probe['rateLimitHeaders'], nowMs: number): RateLimit | null => {
  const requests = readHeadroom(head, names.requests, nowMs)
  const tokens = readHeadroom(head, names.tokens, nowMs)
  const waitS = head.status === 429 ? retryAfterS(head, nowMs) : null
  const isSaid = requests?.reset_s != null || tokens?.reset_s != null
  const limited = waitS === null || isSaid ? requests : { ...(requests ?? unsaid), reset_s: waitS }
  return limited === null && tokens === null ? null : { requests: limited, tokens }
}

const unsaid: Headroom = { limit: null, remaining: null, reset_s: null }

const readHeadroom = ({ headers }: Head, names: Names, nowMs: number): Headroom | null => {
  const read = (name: string | undefined) => (name === undefined ? undefined : headers[name])
  const limit = leadingNumber(read(names?.limit))
  const headroom = {
    limit: limit !== null && limit >= 0 ? limit : null,
    remaining: leadingNumber(read(names?.remaining)),
    reset_s: resetSeconds(read(names?.reset), nowMs),
  }
  return Object.values(headroom).every(value => value === null) ? null : headroom
}

/** `60`, and `60, 60;w=1` of a draft that some follow. */
const leadingNumber = (text: string | undefined): number | null => {
  const [found] = /^\s*-?\d{1,15}(?:\.\d{1,9})?/.exec(text ?? '') ?? []
  return found === undefined ? null : Number(found)
}

const units = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 } as const
const duration = /^(?:\d{1,12}(?:\.\d{1,9})?(?:ms|s|m|h|d))+$/
const durationPart = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/g

/** Seconds, `120ms`, `1s`, `6m0s`, a time (RFC 3339, HTTP), or seconds or milliseconds of the epoch. */
export const resetSeconds = (text: string | undefined, nowMs: number): number | null => {
  const value = text?.trim() ?? ''
  if (/^\d{1,15}(\.\d{1,9})?$/.test(value)) return fromNumber(Number(value), nowMs)
  if (duration.test(value))
    return rounded(
      [...value.matchAll(durationPart)].reduce(
        (sum, [, n, unit]) => sum + Number(n) * units[unit as keyof typeof units],
        0,
      ),
    )
  const atMs = value === '' ? Number.NaN : Date.parse(value)
  return Number.isNaN(atMs) ? null : untilSeconds(atMs, nowMs)
}

const fromNumber = (value: number, nowMs: number): number => {
  if (value > 1e12) return untilSeconds(value, nowMs)
  return value > 1e9 ? untilSeconds(value * 1000, nowMs) : value
}

const untilSeconds = (atMs: number, nowMs: number): number => rounded(Math.max(0, (atMs - nowMs) / 1000))
const rounded = (seconds: number): number => Math.round(seconds * 1000) / 1000

/** Azure has sent 0 ms beside 1 s: the longer one is meant. */
const retryAfterS = ({ headers }: Head, nowMs: number): number | null => {
  const ms = resetSeconds(headers['retry-after-ms'], nowMs)
  const waits = [resetSeconds(headers['retry-after'], nowMs), ms === null ? null : ms / 1000]
  return waits.reduce((longest, wait) => (wait !== null && (longest === null || wait > longest) ? wait : longest), null)
}
