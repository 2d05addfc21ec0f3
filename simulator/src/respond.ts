import type { Intent } from './dialects/dialect.ts'
import { knows, mindOf, type Provider } from './providers/provider.ts'
import { type Found, findRoute } from './providers/route.ts'
import { draw } from './random.ts'
import type { Reply } from './reply.ts'
import type { Book } from './scenarios/book.ts'
import type { Pace } from './scenarios/pace.ts'
import { perform } from './scenarios/perform.ts'

export interface Request {
  readonly method: string
  readonly url: URL
  readonly header: (name: string) => string | undefined
  /** Null: it was longer than anybody's limit. */
  readonly body: string | null
}

export interface Behaviour {
  readonly provider: Provider
  readonly book: Pick<Book, 'pick'>
  readonly pace: Pace
  readonly seed: number
}

export interface Response {
  readonly model: string | null
  readonly reply: Reply
}

/** `n` is the request's number at its provider: with the seed, all the chance there is. */
export const respond = (request: Request, behaviour: Behaviour, n: number): Response => {
  const { book, pace, seed } = behaviour
  const found = findRoute(behaviour.provider, request.method, request.url.pathname)
  // who is spoken to in another dialect answers in it
  const provider = found === null ? behaviour.provider : { ...behaviour.provider, dialect: found.dialect }
  const intent = intentOf(request, provider, found)
  const model = modelOf(intent)
  const stages = model === null ? (['whole'] as const) : (['whole', 'said'] as const)
  const scenario = book.pick({ provider: provider.id, model, stages })
  const roll = (at: number) => draw(seed, provider.id, n, at)
  const id = `sim-${provider.id}-${n}`
  return { model, reply: perform({ provider, intent: checked(intent, provider), pace, roll, id }, scenario) }
}

const modelOf = (intent: Intent): string | null =>
  intent.kind === 'chat' || intent.kind === 'embeddings' ? intent.ask.model : null

const refused = (error: string): Intent => ({ kind: 'refused', error })

const intentOf = (request: Request, provider: Provider, found: Found | null): Intent => {
  if (found === null) return refused('not_found')
  if (request.body === null) return refused('too_large')
  const isOpen = found.route.open === true || (provider.openListing && request.method === 'GET')
  const keyError = isOpen ? null : badKey(request, provider)
  if (keyError !== null) return refused(keyError)
  return found.route.read({
    params: found.params,
    query: request.url.searchParams,
    body: bodyOf(request, request.body),
  })
}

/** Any key will do, but for one that calls itself wrong. */
const badKey = (request: Request, { auth }: Provider): 'no_key' | 'wrong_key' | null => {
  if (auth === null) return null
  const raw =
    request.header(auth.header) ?? (auth.query === undefined ? null : request.url.searchParams.get(auth.query)) ?? ''
  const key = auth.scheme === 'bearer' ? raw.replace(/^bearer\s*/i, '') : raw
  if (key === '') return 'no_key'
  return key.includes('wrong') ? 'wrong_key' : null
}

/** A model that is not there, or that will not have the question put like this. */
const checked = (intent: Intent, provider: Provider): Intent => {
  const model = modelOf(intent)
  if (model === null) return intent
  if (!knows(provider, model)) return refused('unknown_model')
  const refusal = intent.kind === 'chat' && mindOf(provider, model) === 'hidden' ? intent.ask.hiddenRefuses : undefined
  return refusal === undefined ? intent : refused(refusal)
}

const bodyOf = (request: Request, text: string): unknown =>
  request.header('content-type')?.startsWith('application/x-www-form-urlencoded')
    ? Object.fromEntries(new URLSearchParams(text))
    : json(text)

const json = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
