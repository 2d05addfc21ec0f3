import { afterAnswer, afterFailure, type Feed } from './feed.ts'
import { readIncidents, readStatus } from './read.ts'

export interface AskDeps {
  readonly fetch: typeof fetch
  readonly nowMs: () => number
}

const answerWithinMs = 4000

/** One look at the API. It never throws: no answer is a state of the page, not an error of it. */
export const ask = async (feed: Feed, { fetch, nowMs }: AskDeps): Promise<Feed> => {
  const get = async (path: string): Promise<unknown> => {
    const response = await fetch(path, {
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(answerWithinMs),
    })
    if (!response.ok) throw new Error(`it answered ${response.status}`)
    return response.json()
  }
  try {
    const [status, incidents] = await Promise.all([get('./api/v1/status'), get('./api/v1/incidents?state=open')])
    const read = readStatus(status)
    if (read === null) return afterFailure(feed, 'its answer cannot be read', nowMs())
    return afterAnswer({ status: read, incidents: readIncidents(incidents) }, nowMs())
  } catch (error) {
    return afterFailure(feed, whyOf(error), nowMs())
  }
}

const whyOf = (error: unknown): string => {
  if (error instanceof DOMException && error.name === 'TimeoutError')
    return `no answer within ${answerWithinMs / 1000} s`
  if (error instanceof SyntaxError) return 'its answer cannot be read'
  return error instanceof Error && error.message.startsWith('it answered') ? error.message : 'it cannot be reached'
}
