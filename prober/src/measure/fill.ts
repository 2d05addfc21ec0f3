import type { Expected } from '@llmstatus/shared/definition'
import { fillPlaceholders, type PlaceholderValues } from '../config/placeholders.ts'
import type { Asked } from '../dialects/dialect.ts'
import type { Probe } from '../probe.ts'

/** The question of this slot: its placeholders filled, in what is asked and in what is expected alike. */
export const fillProbe = (probe: Probe, values: PlaceholderValues): Asked => {
  const fill = (text: string) => fillPlaceholders(text, values)
  const { method, path, speaks, question, fields, expected, quirks } = probe
  return {
    method,
    path,
    ...(speaks === undefined ? {} : { speaks }),
    ...(fields === undefined ? {} : { fields }),
    quirks,
    expected: fillExpected(expected, fill),
    question: question && fillQuestion(question, fill),
  }
}

const fillQuestion = (question: NonNullable<Probe['question']>, fill: (text: string) => string) => ({
  ...question,
  system: question.system === null ? null : fill(question.system),
  messages: question.messages.map(({ role, content }) => ({ role, content: fill(content) })),
})

const leaning = ['response_contains', 'response_not_contains', 'response_matches', 'body_contains'] as const

const fillExpected = (expected: Expected, fill: (text: string) => string): Expected => {
  const texts = leaning.flatMap(key => (expected[key] === undefined ? [] : [[key, fill(expected[key])] as const]))
  return { ...expected, ...Object.fromEntries(texts) }
}
