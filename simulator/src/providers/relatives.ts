import type { Route } from '../dialects/dialect.ts'
import { openai } from '../dialects/openai.ts'
import { type Model, type Provider, provider } from './provider.ts'

/**
 * Those who say to offer what OpenAI does, and of whom no more is known than where they are and what they call their
 * models. Whose answers differ has a row of its own in table.ts.
 */
type More = Partial<Pick<Provider, 'quirks' | 'routes' | 'openListing' | 'auth' | 'embeds' | 'anyModel'>>

const relative = (id: string, base: string, models: readonly (string | Model)[], more: More = {}): Provider =>
  provider({ id, dialect: openai, base, models, headers: {}, ...more })

/** An answer that is always the same, and open. */
const fixed = (path: string, body: unknown = {}): Route => ({
  method: 'GET',
  path,
  open: true,
  read: () => ({ kind: 'fixed', body }),
})
const listing = (path: string): Route => ({ method: 'GET', path, read: () => ({ kind: 'listing' }) })

const [, chat] = openai.routes
/** Who has only a question that is asked with POST refuses any other. */
const onlyPost = (path: string): Route => ({
  method: 'GET',
  path,
  open: true,
  read: () => ({ kind: 'refused', error: 'wrong_method' }),
})

const shown = (id: string): Model => ({ id, mind: 'shown' })

/** A server of one's own takes any model, and asks nobody for a key. */
const own: More = { auth: null, anyModel: true }

const cloudflareModels = [
  '@cf/meta/llama-3.2-1b-instruct',
  '@cf/ibm-granite/granite-4.0-h-micro',
  '@cf/meta/llama-3.1-8b-instruct-fast',
]
const cloudflare = '/client/v4/accounts/{account}/ai'

export const relatives: readonly Provider[] = [
  relative('novita', '/openai/v1', ['meta-llama/llama-3.1-8b-instruct', shown('zai-org/glm-5.3-flash')]),
  relative('nebius', '/v1', ['Qwen/Qwen3-30B-A3B-Instruct-2507', shown('nvidia/NVIDIA-Nemotron-3-Nano-30B-A3B')]),
  relative('baseten', '/v1', [shown('openai/gpt-oss-120b'), shown('deepseek-ai/DeepSeek-V4-Flash-0731')]),
  relative('friendli', '/serverless/v1', ['google/gemma-4-31B-it']),
  relative('featherless', '/v1', ['RWKV/EagleX-7B-Chat-V0.5-pth'], { openListing: true }),
  relative('inception', '/v1', [shown('mercury-2')]),
  relative('upstage', '/v1/solar', ['solar-mini']),
  relative('ai21', '/studio/v1', ['jamba-mini'], { openListing: true }),
  relative('reka', '/v1', ['reka-edge', 'reka-flash'], { auth: { header: 'x-api-key', scheme: 'raw' } }),
  relative('writer', '/v1', ['palmyra-x5'], { routes: [{ ...chat, path: '/v1/chat' }] }),
  relative('inference_net', '/v1', ['meta-llama/llama-3.2-1b-instruct/fp-8']),
  relative('chutes', '/v1', ['unsloth/Mistral-Nemo-Instruct-2407-TEE'], { openListing: true }),
  relative('wandb', '/v1', ['ibm-granite/granite-4.2-8b', shown('openai/gpt-oss-20b')]),
  relative('venice', '/api/v1', ['venice-uncensored-1-2', shown('qwen3-5-9b')], { openListing: true }),
  relative('dashscope', '/compatible-mode/v1', ['qwen-flash', 'qwen-turbo'], { embeds: ['text-embedding-v4'] }),
  relative('stepfun', '/v1', [shown('step-3.5-flash')]),
  relative('siliconflow', '/v1', ['Qwen/Qwen2.5-7B-Instruct', shown('Qwen/Qwen3-32B')]),
  relative('volcengine_ark', '/api/v3', [shown('doubao-seed-1-6-flash-250828')]),
  relative('tencent_hunyuan', '/v1', ['hunyuan-2.0-instruct-20251111']),
  relative('baidu_qianfan', '/v2', ['ernie-speed-pro-128k']),
  relative('baichuan', '/v1', ['Baichuan4-Air']),
  relative('xiaomi_mimo', '/v1', [shown('mimo-v2-flash')]),
  relative('huggingface', '/v1', ['meta-llama/Llama-3.1-8B-Instruct'], { quirks: { done: false } }),
  relative('vercel_ai_gateway', '/v1', ['openai/gpt-4.1-nano', 'google/gemini-2.5-flash-lite']),
  relative('cloudflare_workers_ai', `${cloudflare}/v1`, cloudflareModels, {
    embeds: ['@cf/baai/bge-small-en-v1.5'],
    routes: [listing(`${cloudflare}/models/search`)],
  }),
  relative('databricks', '/serving-endpoints', [shown('databricks-gpt-oss-20b')], {
    routes: [listing('/api/2.0/serving-endpoints')],
  }),
  relative('snowflake_cortex', '/api/v2/cortex/v1', ['claude-sonnet-4-6']),
  relative('voyage', '/v1', ['simulated'], { embeds: ['voyage-3.5-lite'], routes: [onlyPost('/v1/embeddings')] }),
  relative('jina', '/v1', ['simulated'], { embeds: ['jina-embeddings-v3'], routes: [onlyPost('/v1/embeddings')] }),
  relative('scaleway', '/v1', ['mistral-small-3.2-24b-instruct-2506'], { embeds: ['bge-multilingual-gemma2'] }),
  relative('ovhcloud', '/v1', ['Mistral-7B-Instruct-v0.3', shown('gpt-oss-20b')], {
    openListing: true,
    embeds: ['Qwen3-Embedding-8B'],
  }),
  relative('digitalocean', '/v1', ['mistral-7b-instruct-v0.3']),
  relative('vultr', '/v1', [shown('nvidia/Nemotron-Cascade-2-30B-A3B')]),
  relative('nscale', '/v1', ['meta-llama/Llama-3.1-8B-Instruct']),
  relative('poe', '/v1', ['gpt-4.1-nano']),
  relative('doubleword', '/v1', ['simulated'], { embeds: ['Qwen/Qwen3-Embedding-8B'] }),
  relative('ollama_cloud', '/v1', [shown('gpt-oss:20b')]),
  relative('sglang', '/v1', ['llama-3.3-70b'], {
    ...own,
    routes: [fixed('/health')],
    quirks: { streamError: 'data_done' },
  }),
  relative('tgi', '/v1', ['tgi'], { ...own, routes: [fixed('/health')] }),
  relative('lm_studio', '/v1', ['llama-3.2-1b'], own),
  relative('localai', '/v1', ['llama-3.2-1b'], { ...own, routes: [fixed('/readyz', { status: 'ok' })] }),
  relative('xinference', '/v1', ['llama-3.2-1b'], own),
  relative('nim_container', '/v1', ['llama-3.1-8b'], {
    ...own,
    routes: [fixed('/v1/health/ready', { message: 'ready' })],
  }),
  relative('gpustack', '/v1-openai', ['llama-3.2-1b'], { ...own, quirks: { streamError: 'field' } }),
]
