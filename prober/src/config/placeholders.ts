/**
 * `{{nonce}}`, `{{a}}`, `{{b}}` and `{{a*b}}` stand in a question and in what is expected of its answer. They are
 * filled anew for every slot, so that a cached or canned answer fails. One pass over the text, whatever it holds.
 */

export interface PlaceholderValues {
  readonly a: number
  readonly b: number
  readonly nonce: string
}

const known = ['a', 'b', 'a*b', 'nonce'] as const

/** Eight random bytes make one set. Digits, because a model of any size can repeat them, and one of any taste will. */
export const placeholderValues = (random: Uint8Array): PlaceholderValues => {
  const view = new DataView(random.buffer, random.byteOffset, 8)
  return {
    a: 11 + (view.getUint16(0) % 89),
    b: 11 + (view.getUint16(2) % 89),
    nonce: String(100_000 + (view.getUint32(4) % 900_000)),
  }
}

export const fillPlaceholders = (text: string, values: PlaceholderValues): string =>
  text.replace(/\{\{(a\*b|a|b|nonce)\}\}/g, (_match, name: string) => {
    if (name === 'a*b') return String(values.a * values.b)
    return String(values[name as keyof PlaceholderValues])
  })

/** What an expectation leans on and the question does not hold: it could never come true. */
export const placeholderProblem = (question: string, expectation: string): string | null => {
  const asked = namesIn(question)
  for (const name of namesIn(expectation)) {
    if (!known.some(one => one === name)) return `holds {{${name}}}, which is not one of {{${known.join('}}, {{')}}}`
    const isAsked = name === 'a*b' ? asked.has('a*b') || (asked.has('a') && asked.has('b')) : asked.has(name)
    if (!isAsked) return `expects {{${name}}}, which the question does not hold`
  }
  return null
}

const namesIn = (text: string): ReadonlySet<string> =>
  new Set([...text.matchAll(/\{\{([^{}\n]{1,32})\}\}/g)].map(([, name]) => name ?? ''))
