import { createPrivateKey, type JsonWebKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { load } from '../config/testing/told.ts'
import type { Probe } from '../probe.ts'

/** Everything that can be asked of a provider, as the configuration makes it. */

export interface Ask {
  /** `openai stream https`: who, what, and how to get there. */
  readonly words: string
  readonly probe: Probe
}

export interface Speaker {
  /** In words: a dialect, or the name of one that speaks it in its own way. */
  readonly who: string
  readonly provider: string
  /** Which way it is asked, where its provider has more than one; the edge and the port are then the other's to ask. */
  readonly dialect?: string
  /** Left out where it only embeds. */
  readonly chat?: string
  readonly embeddings?: string
  /** What stands in braces in its paths. */
  readonly values?: Readonly<Record<string, string>>
  /** Who gives a token for its key. */
  readonly tokens?: string
  /** In place of one that is like any other. */
  readonly secret?: string
}

/** Who gives tokens in the simulator. */
export const tokenDoor = 'tokens'

const atVertex = {
  values: { GOOGLE_VERTEX_LOCATION: 'us-central1', GOOGLE_VERTEX_PROJECT: 'p-1' },
  tokens: tokenDoor,
  secret: 'file:/etc/account.json',
} as const

/** Who speaks each dialect as it is meant. */
export const originals: readonly Speaker[] = [
  { who: 'openai', provider: 'openai', chat: 'gpt-4.1-nano', embeddings: 'text-embedding-3-small' },
  { who: 'anthropic', provider: 'anthropic', chat: 'claude-haiku-4-5' },
  { who: 'gemini', provider: 'google_gemini', chat: 'gemini-2.5-flash-lite', embeddings: 'gemini-embedding-001' },
  { who: 'cohere', provider: 'cohere', chat: 'command-r7b-12-2024', embeddings: 'embed-v4.0' },
  { who: 'ollama', provider: 'ollama', chat: 'llama3.2:1b', embeddings: 'nomic-embed-text' },
  { who: 'openai-responses', provider: 'openai', chat: 'gpt-4.1-nano', dialect: 'openai-responses' },
  { who: 'cohere-v1', provider: 'cohere', chat: 'command-r7b-12-2024', dialect: 'cohere-v1' },
  { who: 'replicate', provider: 'replicate', chat: 'meta/meta-llama-3-8b-instruct' },
  { who: 'triton', provider: 'triton', chat: 'ensemble' },
  {
    who: 'bedrock',
    provider: 'aws_bedrock',
    chat: 'amazon.nova-micro-v1:0',
    values: { AWS_REGION: 'us-east-1' },
  },
  { who: 'vertex', provider: 'google_vertex', chat: 'gemini-2.5-flash-lite', ...atVertex },
  {
    who: 'vertex-anthropic',
    provider: 'google_vertex',
    chat: 'claude-haiku-4-5',
    dialect: 'vertex-anthropic',
    ...atVertex,
  },
  {
    who: 'watsonx',
    provider: 'watsonx',
    chat: 'ibm/granite-4-h-small',
    values: { WATSONX_REGION: 'us-south', WATSONX_PROJECT_ID: 'p-1' },
    tokens: tokenDoor,
  },
]

/** Who speaks OpenAI's and has errors of its own. */
export const relatives: readonly Speaker[] = [
  { who: 'azure_openai', chat: 'gpt-4.1-nano', values: { AZURE_RESOURCE_NAME: 'acme' } },
  { who: 'groq', chat: 'openai/gpt-oss-20b' },
  { who: 'mistral', chat: 'ministral-3b-latest' },
  { who: 'deepseek', chat: 'deepseek-flash' },
  { who: 'xai', chat: 'grok-4-1-fast-non-reasoning' },
  { who: 'perplexity', chat: 'sonar' },
  { who: 'cerebras', chat: 'gpt-oss-120b' },
  { who: 'sambanova', chat: 'gpt-oss-120b' },
  { who: 'openrouter', chat: 'mistralai/mistral-nemo' },
  { who: 'moonshot', chat: 'kimi-k2.6' },
  { who: 'vllm', chat: 'any' },
  { who: 'litellm', chat: 'any' },
  { who: 'fireworks', chat: 'accounts/fireworks/models/gpt-oss-20b' },
  { who: 'ai21', chat: 'jamba-mini' },
  { who: 'baseten', chat: 'openai/gpt-oss-120b' },
  { who: 'ovhcloud', chat: 'Mistral-7B-Instruct-v0.3' },
  { who: 'doubleword', chat: 'simulated' },
  { who: 'baidu_qianfan', chat: 'ernie-speed-pro-128k' },
  { who: 'novita', chat: 'meta-llama/llama-3.1-8b-instruct' },
  { who: 'nebius', chat: 'Qwen/Qwen3-30B-A3B-Instruct-2507' },
  { who: 'friendli', chat: 'google/gemma-4-31B-it' },
  { who: 'featherless', chat: 'RWKV/EagleX-7B-Chat-V0.5-pth' },
  { who: 'venice', chat: 'venice-uncensored-1-2' },
  { who: 'reka', chat: 'reka-edge' },
  { who: 'wandb', chat: 'ibm-granite/granite-4.2-8b' },
  { who: 'dashscope', chat: 'qwen-flash' },
  { who: 'zai', chat: 'glm-4.7-flashx' },
  { who: 'minimax', chat: 'MiniMax-M2.7' },
  { who: 'stepfun', chat: 'step-3.5-flash' },
  { who: 'siliconflow', chat: 'Qwen/Qwen2.5-7B-Instruct' },
  { who: 'volcengine_ark', chat: 'doubao-seed-1-6-flash-250828' },
  { who: 'huggingface', chat: 'meta-llama/Llama-3.1-8B-Instruct' },
  { who: 'cloudflare_workers_ai', chat: '@cf/meta/llama-3.2-1b-instruct', values: { CLOUDFLARE_ACCOUNT_ID: 'here' } },
  { who: 'voyage', embeddings: 'voyage-3.5-lite' },
  { who: 'jina', embeddings: 'jina-embeddings-v3' },
  { who: 'scaleway', chat: 'mistral-small-3.2-24b-instruct-2506' },
  { who: 'ollama_cloud', chat: 'gpt-oss:20b' },
  { who: 'sglang', chat: 'any' },
  { who: 'tgi', chat: 'any' },
  { who: 'llama_cpp', chat: 'any' },
  { who: 'xinference', chat: 'any' },
].map(row => ({ ...row, provider: row.who }))

const ownServers: ReadonlySet<string> = new Set([
  ...['ollama', 'vllm', 'litellm'],
  ...['sglang', 'tgi', 'llama_cpp', 'xinference', 'triton'],
])

export interface Where {
  readonly scheme: 'http' | 'https'
  readonly origin: (provider: string) => string
  readonly ca: string
  readonly timeoutMs: number
}

export const asksOf = (speakers: readonly Speaker[], where: Where): readonly Ask[] => {
  const files = speakers
    .flatMap(speaker => definitionsOf(speaker, where))
    .map((definition, at) => [`/etc/probe-${at}.json`, JSON.stringify(definition)] as const)
  const settings = load({
    env: { KEY: 'k-1', LLMSTATUS_CA_FILE: '/etc/ca.pem' },
    config: configOf(speakers, where),
    files: { '/etc/ca.pem': where.ca, '/etc/account.json': accountFile(), ...Object.fromEntries(files) },
    said: { files: files.map(([path]) => path) },
  })
  return settings.probes.map(probe => {
    const what = probe.probe.split('-').at(-1)
    return { words: `${speakerOf(speakers, probe)?.who} ${what} ${where.scheme}`, probe }
  })
}

const speakerOf = (speakers: readonly Speaker[], probe: Probe): Speaker | undefined => {
  const own = speakers.filter(({ provider }) => provider === probe.provider)
  return own.find(({ dialect }) => dialect === probe.dialect) ?? own.find(({ dialect }) => dialect === undefined)
}

const definitionsOf = (
  { provider, chat, embeddings, dialect }: Speaker,
  { scheme, timeoutMs }: Where,
): readonly object[] => {
  const common = { provider, timeout_ms: timeoutMs, every: '5m' }
  const said = {
    ...common,
    model: chat,
    probe_type: 'chat',
    request: { messages: [{ role: 'user', content: 'Repeat this and nothing else: one two three {{nonce}}' }] },
    expected: { response_contains: '{{nonce}}', max_tokens: 40 },
  }
  const chats = chat === undefined ? [] : [true, false]
  const secured = scheme === 'https' ? { expected: { certificate_days: 1 } } : {}
  const asked = chats.map(stream => ({ ...said, name: stream ? 'stream' : 'whole', stream }))
  if (dialect !== undefined) return asked.map(each => ({ ...each, dialect, name: `${dialect}-${each.name}` }))
  return [
    ...asked,
    ...(embeddings === undefined
      ? []
      : [{ ...common, model: embeddings, probe_type: 'embeddings', name: 'embeddings' }]),
    { ...common, probe_type: 'reachability', name: 'listing' },
    { ...common, probe_type: 'tcp', name: 'port', ...secured },
  ]
}

/** Of nobody: its key is the published one of RFC 7515. */
export const accountFile = (): string => {
  const published = readFileSync(new URL('../credentials/testdata/rfc7515-a2.json', import.meta.url), 'utf8')
  const { jwk } = JSON.parse(published) as { readonly jwk: JsonWebKey }
  const privateKey = createPrivateKey({ key: jwk, format: 'jwk' })
  return JSON.stringify({
    type: 'service_account',
    client_email: 'prober@p-1.iam.gserviceaccount.com',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  })
}

const configOf = (speakers: readonly Speaker[], { origin }: Where): string => {
  const hosted = speakers.filter(({ provider, dialect }) => !ownServers.has(provider) && dialect === undefined)
  const own = speakers.map(({ provider }) => provider).filter(id => ownServers.has(id))
  return [
    'credentials:',
    ...hosted.map(({ provider: id, values = {}, tokens, secret = 'env:KEY' }) => {
      const filled = JSON.stringify(values)
      const exchanged = tokens === undefined ? '' : `token_origin: "${origin(tokens)}", `
      return `  - { name: ${id}, provider: ${id}, origin: "${origin(id)}", ${exchanged}values: ${filled}, secret: "${secret}" }`
    }),
    ...(own.length > 0 ? ['targets:'] : []),
    ...own.map(
      id => `  - { id: ${id}, provider: ${id}, origin: "${origin(id)}"${id === 'ollama' ? '' : ', secret: env:KEY'} }`,
    ),
    '',
  ].join('\n')
}
