import { type Gap, gapReasons } from '@llmstatus/shared/batch'
import { Instant } from '@llmstatus/shared/ids'
import { z } from 'zod'

/** Results that will never come, kept until the aggregator has a signed record of why. One entry a reason. */
export const Loss = z.strictObject({
  reason: z.enum(gapReasons),
  lost: z.int().min(0),
  from: Instant.nullable(),
  to: Instant.nullable(),
})
export type Loss = z.infer<typeof Loss>
export type LossReason = Gap['reason']

export const addLoss = (losses: readonly Loss[], loss: Loss): readonly Loss[] => {
  const index = losses.findIndex(({ reason }) => reason === loss.reason)
  const same = losses[index]
  return same === undefined ? [...losses, loss] : losses.with(index, merge(same, loss))
}

const merge = (a: Loss, b: Loss): Loss => ({
  reason: a.reason,
  lost: a.lost + b.lost,
  from: pick(a.from, b.from, (x, y) => x < y),
  to: pick(a.to, b.to, (x, y) => x > y),
})

const pick = (a: string | null, b: string | null, better: (x: string, y: string) => boolean): string | null =>
  a === null || b === null ? (a ?? b) : better(a, b) ? a : b
