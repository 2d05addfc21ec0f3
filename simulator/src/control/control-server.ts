import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { authority } from '../../testdata/test-only-certificates.ts'
import type { Log } from '../log.ts'
import { errorNames, type Provider } from '../providers/provider.ts'
import { readRequest } from '../read-request.ts'
import type { Removal, Scenario } from '../scenarios/schema.ts'
import { type Problem, sendProblem } from './problem.ts'
import { type ReadAs, readRemoval, readScenario } from './read-scenario.ts'

/** What may be done to a simulator while it runs. A change has taken hold when its promise resolves. */
export interface Director {
  readonly providers: ReadonlyMap<string, Provider>
  readonly ports: (id: string) => { readonly http: number; readonly https: number }
  readonly scenarios: () => readonly Scenario[]
  readonly put: (scenario: Scenario) => Promise<void>
  readonly remove: (removal: Removal) => Promise<void>
  readonly log: Log
}

export const createControlServer = (director: Director): Server => {
  const server = createServer((message, response) => void handle(director, message, response))
  server.on('clientError', (_error, socket) => socket.destroy())
  return server
}

type Handler = (director: Director, asked: Asked, response: ServerResponse) => Promise<void> | void

interface Asked {
  /** The host as the client calls it: inside a container network that is not where we listen. */
  readonly hostname: string
  readonly query: URLSearchParams
  readonly body: string | null
}

const routes: Readonly<Record<string, Readonly<Record<string, Handler>>>> = {
  '/_sim/providers': {
    GET: (director, asked, response) => sendJson(response, listProviders(director, asked.hostname)),
  },
  '/_sim/scenarios': {
    GET: (director, _, response) => sendJson(response, { scenarios: director.scenarios() }),
    PUT: ({ providers, put }, { body }, response) =>
      change(response, { body, read: json => readScenario(json, providers), apply: put }),
    DELETE: ({ providers, remove }, { body }, response) =>
      change(response, { body, read: json => readRemoval(json, providers), apply: remove }),
  },
  '/_sim/catalogue': { GET: (director, _, response) => sendJson(response, catalogue(director)) },
  '/_sim/log': { GET: (director, asked, response) => sendLog(director, asked.query, response) },
  '/_sim/ca.pem': {
    GET: (_director, _, response) =>
      void response.writeHead(200, { 'content-type': 'application/x-pem-file' }).end(authority),
  },
}

const handle = async (director: Director, message: IncomingMessage, response: ServerResponse): Promise<void> => {
  const request = await readRequest(message)
  if (request === null) return void message.socket.destroy()
  const known = routes[request.url.pathname]
  if (known === undefined)
    return sendProblem(response, {
      status: 404,
      code: 'not_found',
      detail: `there is ${Object.keys(routes).join(', ')}`,
    })
  const handler = known[request.method]
  if (handler === undefined)
    return sendProblem(response, {
      status: 405,
      code: 'method_not_allowed',
      detail: `allowed: ${Object.keys(known).join(', ')}`,
    })
  const hostname = URL.parse(`http://${request.header('host') ?? ''}`)?.hostname ?? '127.0.0.1'
  await handler(director, { hostname, query: request.url.searchParams, body: request.body }, response)
}

const listProviders = (director: Director, hostname: string) =>
  Object.fromEntries(
    [...director.providers.keys()].map(id => {
      const { http, https } = director.ports(id)
      return [id, { http: `http://${hostname}:${http}`, https: `https://${hostname}:${https}` }]
    }),
  )

/** What can be asked of each, and how each can fail. */
const catalogue = (director: Director) =>
  Object.fromEntries(
    [...director.providers.values()].map(provider => {
      const models = provider.models.map(({ id }) => id)
      return [
        provider.id,
        { dialect: provider.dialect.name, models, embeddings: provider.embeds, errors: errorNames(provider) },
      ]
    }),
  )

interface Change<T> {
  readonly body: string | null
  readonly read: (json: unknown) => ReadAs<T>
  readonly apply: (value: T) => Promise<void>
}

const change = async <T>(response: ServerResponse, { body, read, apply }: Change<T>): Promise<void> => {
  if (body === null) return sendProblem(response, { status: 413, code: 'too_large', detail: 'at most 1 MiB' })
  const json = parse(body)
  if (!json.ok) return sendProblem(response, json.problem)
  const wanted = read(json.value)
  if (!wanted.ok) return sendProblem(response, wanted.problem)
  await apply(wanted.value)
  response.writeHead(204).end()
}

const parse = (body: string): ReadAs<unknown> => {
  try {
    return { ok: true, value: body.trim() === '' ? undefined : JSON.parse(body) }
  } catch {
    const problem: Problem = { status: 400, code: 'not_json', detail: 'the body is not JSON' }
    return { ok: false, problem }
  }
}

const sendLog = (director: Director, query: URLSearchParams, response: ServerResponse): void => {
  const sinceUs = Number(query.get('since') ?? -1)
  if (Number.isNaN(sinceUs)) {
    sendProblem(response, { status: 400, code: 'bad_query', detail: 'since is a number of microseconds, as in t_us' })
    return
  }
  const { entries, lost } = director.log.since(sinceUs)
  response.writeHead(200, { 'content-type': 'application/x-ndjson', 'llmstatus-lost': String(lost) })
  response.end(entries.map(entry => `${JSON.stringify(entry)}\n`).join(''))
}

const sendJson = (response: ServerResponse, value: unknown): void =>
  void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value))
