import type { HttpAnswer } from './door.ts'

/**
 * How far the aggregator's clock is ahead of ours, from its Date header. That counts whole seconds, so the middle of the
 * second is taken, and this is right within half a second and half a round trip. Reported, never applied.
 */
export const clockOffsetMs = ({ date, sentMs, receivedMs }: HttpAnswer): number | null => {
  const theirsMs = date === null ? Number.NaN : Date.parse(date)
  return Number.isNaN(theirsMs) ? null : Math.round(theirsMs + 500 - (sentMs + receivedMs) / 2)
}
