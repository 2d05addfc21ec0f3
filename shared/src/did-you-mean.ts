/**
 * Edits between two words: insert, drop, replace, or swap two neighbours. Words are short here; a longer one than
 * `longest` is nobody's typing error and is not compared.
 */
export const editDistance = (a: string, b: string): number => {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const next = [row]
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1]
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      const replaced = at(last, column - 1) + (same ? 0 : 1)
      const best = Math.min(replaced, at(last, column) + 1, at(next, column - 1) + 1)
      next.push(swapped ? Math.min(best, at(before, column - 2) + 1) : best)
    }
    before = last
    last = next
  }
  return at(last, b.length)
}

const at = (row: readonly number[], column: number): number => row[column] ?? Number.POSITIVE_INFINITY

const longest = 64

/** The known word that was most likely meant; null where none is near: a wrong guess is worse than none. */
export const nearest = (word: string, known: readonly string[]): string | null => {
  if (word.length > longest) return null
  const near = known
    .map(name => ({ name, edits: editDistance(word.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, edits }) => edits <= Math.max(1, Math.floor(Math.min(word.length, name.length) / 3)))
    .sort((a, b) => a.edits - b.edits)
  return near[0]?.name ?? null
}

/** The hint under an unknown word: the one that was meant, or all there are. */
export const suggest = (word: string, known: readonly string[]): string => {
  const meant = nearest(word, known)
  if (meant !== null) return `did you mean "${meant}"?`
  return known.length === 0 ? 'nothing may stand here' : `known here: ${known.join(', ')}`
}
