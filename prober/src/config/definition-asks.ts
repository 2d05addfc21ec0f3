import { type ProbeDefinition, probeName } from '@llmstatus/shared/definition'
import { suggest } from '@llmstatus/shared/did-you-mean'
import { chatRoads, type ProviderFile, type Road } from '@llmstatus/shared/provider-file'
import type { Placed } from '@llmstatus/shared/strict-yaml'
import { fillTemplate } from '../credentials/origin.ts'
import { type Ask, chatAsk, embeddingsAsk, reachabilityAsk, type Wish } from './ask.ts'
import type { Endpoint } from './endpoint.ts'
import { isEmbedder, roadTo } from './roads.ts'
import { withConnection } from './warm-up.ts'

/**
 * A probe definition names a provider or a target by id, and decides nothing about where a key goes: origin and header
 * are the endpoint's, and a path of its own is for targets alone.
 */
interface Where {
  readonly endpoints: readonly Endpoint[]
  readonly providers: ReadonlyMap<string, ProviderFile>
  readonly dialects: ReadonlySet<string>
}

export const definitionAsk = (definition: Placed<ProbeDefinition>, where: Where): Ask => {
  const endpoint = endpointOf(definition, where)
  const ask = withConnection(askOf(definition, endpoint), definition.value.connection)
  if (ask.expected.certificate_days !== undefined && endpoint.grant.origin.startsWith('http:'))
    throw definition.wrong(
      ['expected', 'certificate_days'],
      `there is no certificate at an http origin, and that is what ${endpoint.id} has`,
      'write its origin with https',
    )
  if (!where.dialects.has(ask.dialect))
    throw definition.wrong(
      ['probe_type'],
      `this version does not speak the dialect ${ask.dialect} yet`,
      `it speaks: ${[...where.dialects].sort().join(', ')}`,
    )
  return ask
}

const endpointOf = ({ value, wrong }: Placed<ProbeDefinition>, { endpoints, providers }: Where): Endpoint => {
  const usable = usableEndpoint(value, endpoints)
  if (usable !== null) return usable
  const provider = providers.get(value.provider)
  if (provider === undefined && !endpoints.some(({ id }) => id === value.provider))
    throw wrong(
      ['provider'],
      'is neither a provider nor a target',
      suggest(value.provider, [...new Set([...endpoints.map(({ id }) => id), ...providers.keys()])]),
    )
  const lack = provider?.kind === 'self_hosted' ? `${provider.id} target` : `key for ${value.provider}`
  throw wrong(['provider'], `there is no ${lack} here`, keyHint(provider))
}

/** Null where there is no such endpoint here, or no key for what would be asked of it. */
export const usableEndpoint = (
  { provider, probe_type: type }: Pick<ProbeDefinition, 'provider' | 'probe_type'>,
  endpoints: readonly Endpoint[],
): Endpoint | null =>
  endpoints.find(
    ({ id, isTarget, grant }) => id === provider && (isTarget || grant.secret !== null || type === 'reachability'),
  ) ?? null

const keyHint = (provider: ProviderFile | undefined): string | undefined => {
  if (provider?.kind === 'self_hosted') return `say where it is: LLMSTATUS_TARGETS=${provider.id}=http://host:port`
  return provider?.env[0] === undefined ? undefined : `set ${provider.env[0]}, or list a credential in prober.yaml`
}

const askOf = (definition: Placed<ProbeDefinition>, endpoint: Endpoint): Ask => {
  const { value, wrong } = definition
  const { file } = endpoint
  const wish = wishOf(value, endpoint)
  switch (value.probe_type) {
    case 'reachability':
      if (file === null)
        throw wrong(['probe_type'], `${endpoint.id} has no listing of its own`, 'write an http or a tcp probe')
      return reachabilityAsk(endpoint, file, wish)
    case 'chat': {
      const { model, request } = value
      if (file?.chat === undefined || model === undefined || request === undefined || !('messages' in request))
        throw wrong(
          ['probe_type'],
          `${endpoint.id} cannot be chatted with`,
          file === null
            ? 'its target has a provider that speaks no dialect'
            : 'its provider file says nothing of a chat',
        )
      if (isEmbedder(file, model))
        throw wrong(['model'], 'is a model for embeddings', 'write probe_type: embeddings, or name another model')
      const road = roadOf(definition, file, model)
      return chatAsk(endpoint, file, { ...wish, chat: { model, request, road, stream: value.stream ?? true } })
    }
    case 'embeddings': {
      const { model, request = someText } = value
      if (file?.embeddings === undefined || model === undefined || !('messages' in request))
        throw wrong(['probe_type'], `${endpoint.id} has no embeddings`, 'its provider file says nothing of them')
      return embeddingsAsk(endpoint, file.embeddings, { ...wish, asked: { model, request } })
    }
    case 'http':
      return httpAsk(definition, endpoint, wish)
    case 'tcp':
      return { ...bare(endpoint, wish), type: 'tcp', dialect: 'tcp' }
  }
}

const roadOf = ({ value, wrong }: Placed<ProbeDefinition>, file: ProviderFile, model: string): Road => {
  const road = roadTo(file, model, value.dialect)
  if (road !== null) return road
  const spoken = chatRoads(file).map(({ dialect }) => dialect)
  throw wrong(['dialect'], `${file.id} is not asked in that`, `its provider file has: ${spoken.join(', ')}`)
}

/** What is embedded where nothing else is said: short, and never the same twice. */
const someText = { messages: [{ role: 'user', content: 'The boats came in before noon: {{nonce}}' }] } as const

const httpAsk = ({ value, wrong }: Placed<ProbeDefinition>, endpoint: Endpoint, wish: Wish): Ask => {
  const { request } = value
  if (request === undefined || !('path' in request))
    throw new Error('an http definition without a path passed its schema')
  const { file } = endpoint
  const own =
    file === null ? [] : [`${file.reachability.method} ${fillTemplate(file.reachability.path, endpoint.values)}`]
  if (!endpoint.isTarget && !own.includes(`${request.method} ${request.path}`))
    throw wrong(
      ['request', 'path'],
      `is not one that ${endpoint.id}'s key may be used for`,
      `allowed: ${own.join(', ')}; a path of its own is for targets`,
    )
  return { ...bare(endpoint, wish), type: 'http', dialect: 'http', method: request.method, path: request.path }
}

const bare = (endpoint: Endpoint, wish: Wish) =>
  ({ ...wish, endpoint, model: null, method: 'GET', path: '/', question: null }) as const

const second = 1000

const askedEveryMs: Readonly<Partial<Record<ProbeDefinition['probe_type'], number>>> = {
  chat: 300 * second,
  embeddings: 900 * second,
}

const wishOf = (value: ProbeDefinition, { kind }: Endpoint): Wish => {
  const own = kind === 'self_hosted'
  const light = { everyMs: (own ? 30 : 60) * second, timeoutMs: (own ? 5 : 10) * second }
  const everyMs = askedEveryMs[value.probe_type]
  const usual = everyMs === undefined ? light : { everyMs, timeoutMs: 30 * second }
  return {
    probe: probeName(value),
    expected: value.expected ?? {},
    everyMs: value.every ?? usual.everyMs,
    timeoutMs: value.timeout_ms ?? usual.timeoutMs,
    sla: value.sla ?? null,
  }
}
