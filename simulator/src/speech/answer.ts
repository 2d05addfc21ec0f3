/**
 * A simulated model that really answers, so that checks of the content can pass: it finds what a text says, computes,
 * repeats what it is told to repeat, counts, and otherwise talks about the weather.
 */

const expression = /(?<![\w.])(-?\d{1,15})\s*(\*|×|x|·|\+|\/|÷|\s[-−–]\s)\s*(-?\d{1,15})(?![\w])/iu
const quoted =
  /\b(repeat|echo|copy|say|write|reply|respond|answer|return|output)\b[^"“'`:\n]*(?::\s*)?["“`']([^"”`'\n]{1,512})["”`']/iu
const afterColon = /\b(repeat|echo|copy|say|write|reply|respond|answer|return|output)\b[^:\n]{0,80}:\s*([^\n]{1,512})/iu
const aWord =
  /\b(?:say|repeat|(?:reply|respond|answer) with)\s+(?:only\s+|exactly\s+|just\s+)?(?:the\s+)?(?:(?:single\s+|one\s+)?word\s+)?(?!number|result|answer)([\p{L}\d_-]+)\s*[.!]?\s*$/iu
const counting = /\bcount\b.{0,20}?\b(?:from\s+)?(\d{1,4})\s+(?:to|up to)\s+(\d{1,4})/iu
const asked = /\bwhat (is|was) (the [^?\n]{1,64})\?\s*$/iu
const someWords = /\b(\d{1,4})\s+words\b/iu

const weather =
  'The morning fog over the harbour lifts slowly — by ten it is 21 °C, the cafés put out their chairs, ' +
  'and the ferries (naïve, punctual, white) begin to cross the bay. Nobody hurries. ☀️ '

export const answerTo = (prompt: string): string => {
  const found = readUp(prompt)
  if (found !== null) return found
  const told = toRepeat(prompt)
  const rest = told === null ? prompt : prompt.replace(told, ' ')
  const parts = [compute(rest), told].filter(part => part !== null)
  if (parts.length > 0) return parts.join(' ')
  return countTo(prompt) ?? theWord(prompt) ?? talk(Number(someWords.exec(prompt)?.[1] ?? 40))
}

/** Never the right answer, and never one that contains it. */
export const wrongAnswerTo = (prompt: string): string => {
  const right = answerTo(prompt)
  return /^-?\d+$/.test(right) ? String(BigInt(right) + 1n) : 'It rains.'
}

/** "The mark of the tea was 7. … What was the mark of the tea?" */
const readUp = (prompt: string): string | null => {
  const [, verb, thing] = asked.exec(prompt) ?? []
  if (verb === undefined || thing === undefined) return null
  const told = `${thing} ${verb} `.toLowerCase()
  const at = prompt.toLowerCase().indexOf(told)
  return at < 0 ? null : (/^[\p{L}\d-]+/u.exec(prompt.slice(at + told.length))?.[0] ?? null)
}

/** "Reply with only the number: 17 × 23" wants a sum, "Repeat exactly: 17 × 23" does not. */
const toRepeat = (prompt: string): string | null => {
  const [, verb, raw] = quoted.exec(prompt) ?? afterColon.exec(prompt) ?? []
  if (verb === undefined || raw === undefined) return null
  const text = raw.trim().replace(/(?<=[\p{L}\d])[.!]$/u, '')
  return text !== '' && (/^(repeat|echo|copy)$/i.test(verb) || compute(text) === null) ? text : null
}

const theWord = (prompt: string): string | null => aWord.exec(prompt)?.[1] ?? null

const compute = (text: string): string | null => {
  const [, left, operator, right] = expression.exec(text) ?? []
  if (left === undefined || operator === undefined || right === undefined) return null
  const [a, b] = [BigInt(left), BigInt(right)]
  switch (operator.trim()) {
    case '+':
      return String(a + b)
    case '-':
    case '−':
    case '–':
      return String(a - b)
    case '/':
    case '÷':
      return b === 0n ? null : a % b === 0n ? String(a / b) : String(Number(a) / Number(b))
    default:
      return String(a * b)
  }
}

const countTo = (prompt: string): string | null => {
  const [, from, to] = counting.exec(prompt) ?? []
  if (from === undefined || to === undefined || Number(to) < Number(from)) return null
  return Array.from({ length: Math.min(2000, Number(to) - Number(from) + 1) }, (_, i) => Number(from) + i).join(', ')
}

const talk = (words: number): string => {
  const all = weather.trim().split(' ')
  return Array.from({ length: Math.max(1, Math.min(2000, words)) }, (_, i) => all[i % all.length]).join(' ')
}
