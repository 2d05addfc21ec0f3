import type { ResultLine } from '@llmstatus/shared/result'

const maxGaps = 8_192

/** Gaps between arrivals, never between tokens: what lay in one chunk came at once. */
export const createGaps = () => {
  const gapsUs: number[] = []
  let arrivals = 0
  let lastUs = Number.NEGATIVE_INFINITY
  let maxUs = 0
  return {
    arrived(atUs: number): void {
      if (atUs <= lastUs) return
      if (arrivals > 0) {
        if (gapsUs.length < maxGaps) gapsUs.push(atUs - lastUs)
        maxUs = Math.max(maxUs, atUs - lastUs)
      }
      arrivals += 1
      lastUs = atUs
    },
    arrivals: (): number => arrivals,
    summary(): ResultLine['gap_us'] {
      if (gapsUs.length === 0) return null
      const sorted = gapsUs.toSorted((a, b) => a - b)
      return { p50: sorted[Math.floor((sorted.length - 1) / 2)] ?? 0, max: maxUs }
    },
  }
}
