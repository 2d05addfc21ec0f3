/** Numbers with their units, as they stand everywhere on the page. The space before a unit does not break. */

const nbsp = '\u00a0'

/** 120 → 0.12 s, 1340 → 1.3 s, 14200 → 14 s */
export const seconds = (ms: number | null | undefined): string => {
  if (ms === null || ms === undefined) return '–'
  const s = ms / 1000
  return `${s < 1 ? s.toFixed(2) : s < 10 ? s.toFixed(1) : s.toFixed(0)}${nbsp}s`
}

/** Never rounded up: what is not all is not 100 %. */
export const percent = (share: number | null, digits: number): string => {
  if (share === null) return '–'
  const scale = 10 ** digits
  // The tenth part of the last digit's millionth swallows what binary fractions add: 0.29 is 29 %, not 28.99 %.
  const value = Math.floor(share * 100 * scale + 1e-7) / scale
  return `${value === 100 ? '100' : value.toFixed(digits)}${nbsp}%`
}

/** 4 s, 12 min, 2 h 10 min, 3 d */
export const span = (ms: number): string => {
  const total = Math.max(0, Math.floor(ms / 1000))
  if (total < 60) return `${total}${nbsp}s`
  const minutes = Math.floor(total / 60)
  if (minutes < 60) return `${minutes}${nbsp}min`
  const hours = Math.floor(minutes / 60)
  if (hours >= 48) return `${Math.floor(hours / 24)}${nbsp}d`
  const rest = minutes % 60
  return rest === 0 ? `${hours}${nbsp}h` : `${hours}${nbsp}h ${rest}${nbsp}min`
}

export const count = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`

/** a · a and b · a, b and c · a, b, c and 4 more */
export const names = (all: readonly string[], shown = 3): string => {
  const rest = all.length - shown
  if (rest > 0) return `${all.slice(0, shown).join(', ')} and ${rest} more`
  return all.length < 2 ? all.join('') : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`
}
