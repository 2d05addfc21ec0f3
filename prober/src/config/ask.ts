import { definitionDigest, type Expected } from '@llmstatus/shared/definition'
import type { ProviderFile, ProviderModel, Road } from '@llmstatus/shared/provider-file'
import type { DefinitionLine } from '@llmstatus/shared/result'
import type { Use } from '../credentials/bind.ts'
import { fillTemplate } from '../credentials/origin.ts'
import type { Credential, Probe, Question, WarmUp } from '../probe.ts'
import type { Endpoint } from './endpoint.ts'
import { mainDialect, modelOf } from './roads.ts'

/** One probe before its credential is bound: what is asked of an endpoint, and how often. */
export interface Ask extends Use {
  readonly endpoint: Endpoint
  readonly model: string | null
  readonly probe: string
  readonly type: Probe['type']
  readonly dialect: string
  readonly question: Question | null
  readonly fields?: Readonly<Record<string, string>>
  readonly expected: Expected
  readonly everyMs: number
  readonly timeoutMs: number
  readonly sla: DefinitionLine['sla']
  readonly warmUp?: WarmUp
}

/** The part of an ask that does not follow from the provider's file. */
export type Wish = Pick<Ask, 'probe' | 'expected' | 'everyMs' | 'timeoutMs' | 'sla'>

/** The edge is asked in plain HTTP, whatever is spoken behind it: its status is the answer. */
const edgeDialect = 'http'

export const reachabilityAsk = (endpoint: Endpoint, file: ProviderFile, wish: Wish): Ask => ({
  ...wish,
  endpoint,
  model: null,
  type: 'reachability',
  dialect: edgeDialect,
  method: file.reachability.method,
  path: fillTemplate(file.reachability.path, endpoint.values),
  question: null,
  expected: { ...goodAnswer(file), ...wish.expected },
})

const goodAnswer = ({ reachability: { body_contains: part, status } }: ProviderFile): Expected => ({
  ...(part === undefined ? {} : { body_contains: part }),
  ...(status === undefined ? {} : { status }),
})

export interface Asked {
  readonly model: string
  readonly request: { readonly system?: string | undefined; readonly messages: Question['messages'] }
}

export interface Chat extends Asked {
  readonly road: Road
  readonly stream: boolean
}

/** How long an answer may get where nothing says so; a reasoning model needs room to think before it says a word. */
const roomTokens = { answer: 256, reasoning: 512 } as const

/** Fewer tokens than this have no speed worth the name. */
const speedTokens = 32

export const chatAsk = (
  endpoint: Endpoint,
  file: ProviderFile,
  { chat, ...wish }: Wish & { readonly chat: Chat },
): Ask => {
  const known = modelOf(file, chat.model)
  const reasoning = known?.reasoning ?? false
  const leastTokens = known?.min_output_tokens ?? (reasoning ? roomTokens.reasoning : 0)
  const answerTokens = wish.expected.max_tokens ?? roomTokens.answer
  const wantedTokens = reasoning ? leastTokens + answerTokens : Math.max(leastTokens, answerTokens)
  return {
    ...wish,
    endpoint,
    model: chat.model,
    type: 'chat',
    dialect: chat.road.dialect,
    method: 'POST',
    sla: wish.sla ?? speedOf(file, wish.expected),
    path: pathOf(endpoint, chatPath(chat), chat.model),
    ...fieldsOf(endpoint, chat.road),
    question: {
      model: chat.model,
      system: chat.request.system ?? null,
      messages: chat.request.messages,
      maxTokens: Math.min(wantedTokens, endpoint.maxOutputTokens ?? wantedTokens),
      stream: chat.stream,
      reasoning,
    },
  }
}

const speedOf = ({ tps_p50_min: floor }: ProviderFile, { min_tokens: tokens = 0 }: Expected): Ask['sla'] =>
  floor === undefined || tokens < speedTokens ? null : { tps_p50_min: floor }

export const embeddingsAsk = (
  endpoint: Endpoint,
  { path, dialect }: NonNullable<ProviderFile['embeddings']>,
  { asked: { model, request }, ...wish }: Wish & { readonly asked: Asked },
): Ask => ({
  ...wish,
  endpoint,
  model,
  type: 'embeddings',
  dialect,
  method: 'POST',
  path: pathOf(endpoint, path, model),
  // what is embedded is the text of the messages; nothing is generated
  question: { model, system: null, messages: request.messages, maxTokens: 0, stream: false, reasoning: false },
})

const fieldsOf = ({ values }: Endpoint, { body }: Road): Pick<Ask, 'fields'> =>
  body === undefined
    ? {}
    : { fields: Object.fromEntries(Object.entries(body).map(([name, text]) => [name, fillTemplate(text, values)])) }

const chatPath = ({ road: { path, unstreamed_path: whole = path }, stream }: Chat): string => (stream ? path : whole)

const pathOf = (endpoint: Endpoint, path: string, model: string): string =>
  fillTemplate(path, endpoint.values)
    .replaceAll('{model}', encodeURIComponent(model))
    .replaceAll('{model_path}', model.split('/').map(encodeURIComponent).join('/'))

export const probeOf = (ask: Ask, credential: Credential): Probe => {
  const { endpoint, question } = ask
  const { file } = endpoint
  const model = ask.model === null || file === null ? undefined : modelOf(file, ask.model)
  return {
    provider: endpoint.id,
    model: ask.model,
    probe: ask.probe,
    type: ask.type,
    dialect: ask.dialect,
    ...(ask.dialect === edgeDialect && file !== null ? { speaks: mainDialect(file) } : {}),
    def: digestOf(ask, credential),
    credential,
    origin: endpoint.grant.given,
    method: ask.method,
    path: ask.path,
    ...(ask.warmUp === undefined ? {} : { warmUp: ask.warmUp }),
    question,
    ...(ask.fields === undefined ? {} : { fields: ask.fields }),
    expected: ask.expected,
    quirks: file?.quirks ?? {},
    rateLimitHeaders: file?.rate_limit_headers ?? {},
    price: priceOf(model),
    everyMs: ask.everyMs,
    timeoutMs: ask.timeoutMs,
    sla: ask.sla,
    billed: question !== null && endpoint.kind !== 'self_hosted',
    reasoning: question?.reasoning ?? false,
  }
}

const priceOf = (model: ProviderModel | undefined): Probe['price'] => {
  const { input = null, output = null } = model?.price ?? {}
  return input === null || output === null ? null : { input, output }
}

/**
 * Everything that was asked, of whom and how: a changed question is another series, a changed rhythm is not. Nothing in
 * here is a secret, a header or a host.
 */
const digestOf = (ask: Ask, credential: Credential): string =>
  definitionDigest({
    provider: ask.endpoint.id,
    model: ask.model,
    probe: ask.probe,
    type: ask.type,
    dialect: ask.dialect,
    keyed: credential.auth !== null,
    origin: ask.endpoint.grant.given,
    method: ask.method,
    path: ask.path,
    // a cold one has no such part: what was asked before there were warm ones is still the same
    ...(ask.warmUp === undefined ? {} : { warm_up: ask.warmUp }),
    question: ask.question,
    // its values may be an account's own
    ...(ask.fields === undefined ? {} : { fields: Object.keys(ask.fields) }),
    expected: ask.expected,
    timeout_ms: ask.timeoutMs,
  })
