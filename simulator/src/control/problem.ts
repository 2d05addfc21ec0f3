import type { ServerResponse } from 'node:http'

/** RFC 9457. */
export interface Problem {
  readonly status: number
  readonly code:
    | 'bad_scenario'
    | 'bad_query'
    | 'unknown_provider'
    | 'unknown_model'
    | 'unknown_error'
    | 'not_json'
    | 'too_large'
    | 'not_found'
    | 'method_not_allowed'
  readonly detail: string
}

export const sendProblem = (response: ServerResponse, problem: Problem): void => {
  const body = JSON.stringify({ type: 'about:blank', title: problem.code.replaceAll('_', ' '), ...problem })
  response
    .writeHead(problem.status, {
      'content-type': 'application/problem+json',
      'content-length': Buffer.byteLength(body),
    })
    .end(body)
}
