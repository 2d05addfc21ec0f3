/** Numbers with their units, as they stand in the table. What is not known is a dash. */

export const unknown = '–'

/** 4.2 ms, 312 ms, 1.24 s, 12.3 s */
export const time = (us: number | null): string => {
  if (us === null) return unknown
  const ms = us / 1000
  if (ms < 9.95) return `${ms.toFixed(1)} ms`
  if (ms < 999.5) return `${ms.toFixed(0)} ms`
  const s = ms / 1000
  return `${s < 9.995 ? s.toFixed(2) : s.toFixed(1)} s`
}

export const speed = (perSecond: number | null): string => (perSecond === null ? unknown : perSecond.toFixed(0))

/** Two digits that count, and no exponent: a light chat costs millionths. */
export const money = (usd: number | null): string => {
  if (usd === null) return unknown
  if (usd === 0) return '$0'
  if (usd >= 0.1) return `$${usd.toFixed(2)}`
  if (usd < 0.000001) return '<$0.000001'
  return `$${usd.toFixed(1 - Math.floor(Math.log10(usd)))}`
}

const units = [
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1000, 's'],
] as const

/** In its largest whole unit: 500 ms, 90 s, 5 min, 2 h. */
export const duration = (ms: number): string => {
  const [sizeMs, unit] = units.find(([size]) => ms % size === 0) ?? [1, 'ms']
  return `${ms / sizeMs} ${unit}`
}
