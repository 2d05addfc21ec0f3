import { addToSketch, emptySketch, mergeSketches, publicScale, quantile, type Sketch } from '@llmstatus/shared/sketch'
import { type Usual, type UsualPlace, usualBlocks, usualPlaceOf } from '@llmstatus/shared/threshold'

/**
 * What is usual for one endpoint at this time of day: a histogram for each three hours of a UTC day, of this week and of
 * the one before. Together they hold the last seven days, and up to seven more.
 *
 * Invariant: never more than two weeks of eight histograms, about 2 KiB of an endpoint, however long it runs.
 */
export type Usually = readonly UsualPart[]

export interface UsualPart extends UsualPlace {
  readonly sketch: Sketch
}

export const blocks = usualBlocks

/** Also forgets what is older, and what a clock that was ahead left behind. */
export const withTime = (parts: Usually, ms: number, nowMs: number): Usually => {
  const now = usualPlaceOf(nowMs)
  const isNow = (part: UsualPart) => part.week === now.week && part.block === now.block
  const sketch = parts.find(isNow)?.sketch ?? emptySketch(publicScale)
  return [...recent(parts, nowMs).filter(part => !isNow(part)), { ...now, sketch: addToSketch(sketch, ms) }]
}

export const recent = (parts: Usually, nowMs: number): Usually => {
  const { week } = usualPlaceOf(nowMs)
  return parts.filter(part => part.week === week || part.week === week - 1)
}

/** Null while there is nothing; whether there is enough is for the threshold to say. */
export const usualAt = (parts: Usually, nowMs: number): Usual | null => {
  const { block } = usualPlaceOf(nowMs)
  const sketch = mergeSketches(
    recent(parts, nowMs)
      .filter(part => part.block === block)
      .map(part => part.sketch),
  )
  const p95Ms = quantile(sketch, 0.95)
  return p95Ms === null ? null : { p95Ms, n: sketch.n }
}
