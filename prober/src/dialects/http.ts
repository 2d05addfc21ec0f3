import { signals } from '@llmstatus/shared/classify'
import { body, discard } from '../framing/body.ts'
import type { Answer, Dialect, Fact, SignalOf } from './dialect.ts'
import { errorBody, named } from './error-body.ts'
import { isChallenge } from './html-page.ts'
import { parseJson } from './json.ts'
import { vocabularyOf } from './vocabulary.ts'

/**
 * Plain HTTP: the status is the answer. A body is read where it fails, for why, in the words of the provider's own dialect;
 * or where a check asks for it.
 */

type Facts = readonly Fact<'http'>[]

const isOurs = (signal: string | null): signal is SignalOf<'http'> => signal !== null && signal in signals.http

const whyItFailed = (text: string, { status, asked, errorType }: Answer): Facts => {
  if (isChallenge(text, status)) return [{ fact: 'error', signal: 'edge_challenge' }]
  const json = parseJson(text)
  const error = json.ok ? errorBody(json.value, true) : null
  const signal = error === null ? null : vocabularyOf(asked.speaks)(named(error, errorType), status)
  return isOurs(signal) ? [{ fact: 'error', signal }] : []
}

export const http = {
  name: 'http',
  goal: 'answer',
  speaks: false,
  ask: ({ method, path }) => ({ method, path, headers: { accept: '*/*' }, body: null }),
  framing: ({ status, asked: { expected } }) => {
    const isChecked =
      expected.body_contains !== undefined ||
      expected.models_contain !== undefined ||
      expected.response_contains !== undefined ||
      expected.response_not_contains !== undefined ||
      expected.response_matches !== undefined ||
      expected.json_schema !== undefined
    return status >= 400 || isChecked ? body : discard
  },
  read: (frame, answer) => [
    ...(answer.status >= 400 ? whyItFailed(frame.data, answer) : []),
    { fact: 'text', text: frame.data },
  ],
  finishCloses: () => true,
} satisfies Dialect<'http'>
