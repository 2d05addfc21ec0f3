import { anthropic } from './anthropic.ts'
import type { Dialect, Incoming, Intent, Route } from './dialect.ts'
import { gemini } from './gemini.ts'
import { vertexErrors } from './vertex-errors.ts'

/** Vertex AI: Gemini's frames, or Anthropic's, under the path of a project and a publisher, and Google's errors for both. */

const base = '/v1/projects/{project}/locations/{location}/publishers'

const under = (publisher: string, from: string, to: string): Route => {
  const route = gemini.routes.find(({ path }) => path === from)
  if (route === undefined) throw new Error(`Gemini has no ${from}`)
  return { ...route, path: `${base}/${publisher}${to}` }
}

const auth = { header: 'authorization', scheme: 'bearer' } as const

export const vertex = {
  ...gemini,
  name: 'vertex',
  auth,
  routes: [
    { method: 'GET', path: '/v1/publishers/google/models/{model}', read: () => ({ kind: 'listing' }) },
    under('google', '/models/{model}:generateContent', '/models/{model}:generateContent'),
    under('google', '/models/{model}:streamGenerateContent', '/models/{model}:streamGenerateContent'),
  ],
  errors: { ...gemini.errors, ...vertexErrors },
} as const satisfies Dialect

const { prompt_blocked: _ofGemini, only_sse: _ofGeminiToo, ...googleErrors } = gemini.errors

/** The model stands in the path, and a version in the body. */
const raw =
  (stream: boolean) =>
  ({ params, query, body }: Incoming): Intent => {
    const messages = anthropic.routes.find(({ method }) => method === 'POST')
    const said = typeof body === 'object' && body !== null ? body : {}
    if (messages === undefined || !('anthropic_version' in said)) return { kind: 'refused', error: 'bad_request' }
    return messages.read({ params, query, body: { ...said, model: params.model, stream } })
  }

export const vertexAnthropic = {
  ...anthropic,
  name: 'vertex-anthropic',
  auth,
  headers: {},
  routes: [
    { method: 'GET', path: '/v1/publishers/anthropic/models/{model}', read: () => ({ kind: 'listing' }) },
    { method: 'POST', path: `${base}/anthropic/models/{model}:streamRawPredict`, read: raw(true) },
    { method: 'POST', path: `${base}/anthropic/models/{model}:rawPredict`, read: raw(false) },
  ],
  errors: { ...googleErrors, ...vertexErrors },
  plainError: gemini.plainError,
} as const satisfies Dialect
