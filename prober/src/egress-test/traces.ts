/**
 * How much of a secret stands in what was received, however it is dressed: as it is, in any case, reversed, in hex, in
 * percents, as \u escapes, in base64 at any offset, cut into pieces of ten characters or more, or with signs between.
 * Ten characters of a key that is random do not come up by chance.
 */
export const bytesSeen = (record: string, secret: string): number => {
  const seen = new Set<number>()
  const folded = record.toLowerCase()
  const letters = [...secret.toLowerCase()]
  for (const text of [folded, backwards(folded), folded.replace(/[^a-z0-9]/g, '')]) mark(seen, text, letters, 1)
  for (const spell of spellings) mark(seen, folded, [...secret].map(spell), 1)
  const base64 = record.replaceAll('-', '+').replaceAll('_', '/')
  for (const offset of [0, 1, 2]) mark(seen, base64, inBase64(secret, offset), 3, offset)
  return seen.size
}

const hex = (char: string): string => char.charCodeAt(0).toString(16).padStart(2, '0')

const spellings = [
  hex,
  (char: string): string => `%${hex(char)}`,
  (char: string): string => `\\u00${hex(char)}`,
] as const

const backwards = (text: string): string => [...text].reverse().join('')

/** Whole groups of three bytes, as they come out where the secret begins after so many others. */
const inBase64 = (secret: string, offset: number): readonly string[] => {
  const shifted = secret.slice(offset)
  const groups = Math.floor(shifted.length / 3)
  return Array.from({ length: groups }, (_, at) => Buffer.from(shifted.slice(at * 3, at * 3 + 3)).toString('base64'))
}

const leastChars = 10

const mark = (seen: Set<number>, record: string, units: readonly string[], charsEach: number, offset = 0): void => {
  const width = Math.ceil(leastChars / charsEach)
  for (let at = 0; at + width <= units.length; at++)
    if (record.includes(units.slice(at, at + width).join('')))
      for (let char = at * charsEach; char < (at + width) * charsEach; char++) seen.add(offset + char)
}
