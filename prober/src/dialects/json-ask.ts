import type { Question } from '../probe.ts'
import type { Ask, Asked } from './dialect.ts'

/** A question as JSON. Which path it goes to was settled by the configuration, and so was whose headers go along. */
export const jsonAsk = (
  { method, path, question, fields = {} }: Asked,
  say: (question: Question) => Readonly<Record<string, unknown>>,
  streamType = 'text/event-stream',
): Ask => {
  if (question === null) return { method, path, headers: {}, body: null }
  const accept = question.stream ? streamType : 'application/json'
  return {
    method,
    path,
    headers: { 'content-type': 'application/json', accept },
    body: JSON.stringify({ ...fields, ...say(question) }),
  }
}
