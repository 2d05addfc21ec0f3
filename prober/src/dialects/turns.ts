import type { Question } from '../probe.ts'

/** Some take the system's text beside the turns, some as the first of them. */

export const systemOf = ({ system, messages }: Question): string | null => {
  const texts = [system, ...messages.filter(({ role }) => role === 'system').map(({ content }) => content)]
  const said = texts.filter(one => one !== null)
  return said.length === 0 ? null : said.join('\n\n')
}

/** What was said by turns, without the system's text. */
export const turnsOf = ({ messages }: Question): Question['messages'] =>
  messages.filter(({ role }) => role !== 'system')

/** Everything in one list, the system's text first. */
export const messagesOf = ({ system, messages }: Question): Question['messages'] =>
  system === null ? messages : [{ role: 'system', content: system }, ...messages]

/** Turns as one text, for who knows no turns. */
export const promptOf = (question: Question): string =>
  turnsOf(question)
    .map(({ content }) => content)
    .join('\n\n')
