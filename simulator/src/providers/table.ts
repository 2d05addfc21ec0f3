import { anthropic } from '../dialects/anthropic.ts'
import { bedrock } from '../dialects/bedrock.ts'
import { cohere } from '../dialects/cohere.ts'
import { cohereV1 } from '../dialects/cohere-v1.ts'
import type { Route } from '../dialects/dialect.ts'
import { gemini } from '../dialects/gemini.ts'
import { ollama } from '../dialects/ollama.ts'
import { openai } from '../dialects/openai.ts'
import { openaiResponses } from '../dialects/openai-responses.ts'
import { replicate } from '../dialects/replicate.ts'
import { tokens } from '../dialects/tokens.ts'
import { triton } from '../dialects/triton.ts'
import { vertex, vertexAnthropic } from '../dialects/vertex.ts'
import { watsonx } from '../dialects/watsonx.ts'
import { type Model, type Provider, provider } from './provider.ts'
import { relatives } from './relatives.ts'
import { relativesErrors } from './relatives-errors.ts'

/** Answers without being asked who wants to know. */
const fixed = (path: string, body: unknown = {}): Route => ({
  method: 'GET',
  path,
  open: true,
  read: () => ({ kind: 'fixed', body }),
})

const hidden = (id: string): Model => ({ id, mind: 'hidden' })
const shown = (id: string): Model => ({ id, mind: 'shown' })

/** Ids, paths and models as in the provider files: one more relative is one more line. */
export const providers: readonly Provider[] = [
  provider({
    id: 'openai',
    dialect: openai,
    also: [openaiResponses],
    base: '/v1',
    models: ['gpt-4.1-nano', 'gpt-4o-mini', hidden('gpt-5-nano'), hidden('gpt-5.4-nano')],
    embeds: ['text-embedding-3-small'],
    quirks: { obfuscation: true },
  }),
  provider({
    id: 'groq',
    dialect: openai,
    base: '/openai/v1',
    models: [shown('openai/gpt-oss-20b')],
    quirks: { usage: 'x_groq', reasoningField: 'reasoning', streamError: 'event' },
  }),
  provider({
    id: 'mistral',
    dialect: openai,
    base: '/v1',
    models: ['ministral-3b-latest', 'mistral-small-latest'],
    embeds: ['mistral-embed'],
    quirks: { usage: 'always' },
  }),
  provider({
    id: 'deepseek',
    dialect: openai,
    models: [shown('deepseek-flash')],
    quirks: { comment: 'keep-alive' },
    headers: {},
  }),
  provider({
    id: 'xai',
    dialect: openai,
    base: '/v1',
    models: ['grok-4-1-fast-non-reasoning', shown('grok-3-mini'), 'grok-4.20-0309-non-reasoning'],
    quirks: { usage: 'always' },
  }),
  provider({
    id: 'perplexity',
    dialect: openai,
    models: ['sonar'],
    quirks: { done: false, usage: 'always' },
    routes: [{ method: 'GET', path: '/v1/models', read: () => ({ kind: 'listing' }) }],
    headers: {},
  }),
  provider({
    id: 'cerebras',
    dialect: openai,
    base: '/v1',
    models: [shown('gpt-oss-120b')],
    quirks: { reasoningField: 'reasoning' },
    headers: {},
  }),
  provider({
    id: 'sambanova',
    dialect: openai,
    base: '/v1',
    models: [shown('gpt-oss-120b')],
    openListing: true,
    headers: {},
  }),
  provider({
    id: 'together',
    dialect: openai,
    base: '/v1',
    models: ['meta-llama/Meta-Llama-3-8B-Instruct-Lite', 'LiquidAI/LFM2-24B-A2B', shown('openai/gpt-oss-20b')],
  }),
  provider({
    id: 'fireworks',
    dialect: openai,
    base: '/inference/v1',
    models: [shown('accounts/fireworks/models/gpt-oss-120b'), shown('accounts/fireworks/models/gpt-oss-20b')],
    headers: {},
  }),
  provider({
    id: 'deepinfra',
    dialect: openai,
    base: '/v1/openai',
    models: ['openai/gpt-oss-20b', 'Qwen/Qwen3-14B'],
    openListing: true,
    headers: {},
  }),
  provider({
    id: 'openrouter',
    dialect: openai,
    base: '/api/v1',
    models: ['mistralai/mistral-nemo'],
    quirks: { comment: 'OPENROUTER PROCESSING', streamError: 'finish', reasoningField: 'reasoning', usage: 'always' },
    routes: [
      {
        method: 'GET',
        path: '/api/v1/key',
        read: () => ({ kind: 'fixed', body: { data: { label: 'simulated', limit: null, usage: 0 } } }),
      },
    ],
    headers: {},
  }),
  provider({ id: 'moonshot', dialect: openai, base: '/v1', models: [shown('kimi-k2.6')] }),
  provider({
    id: 'zai',
    dialect: openai,
    base: '/api/paas/v4',
    models: [shown('glm-4.7-flash'), 'glm-4.7-flashx'],
    quirks: { usage: 'always' },
    headers: {},
  }),
  provider({ id: 'minimax', dialect: openai, base: '/v1', models: ['MiniMax-M2.7', 'MiniMax-M3'], headers: {} }),
  provider({ id: 'nvidia_nim', dialect: openai, base: '/v1', models: ['microsoft/phi-4-mini-instruct'], headers: {} }),
  provider({
    id: 'vllm',
    dialect: openai,
    base: '/v1',
    auth: null,
    models: ['llama-3.3-70b'],
    anyModel: true,
    quirks: { streamError: 'data_done' },
    routes: [fixed('/health')],
    headers: {},
  }),
  provider({
    id: 'litellm',
    dialect: openai,
    models: ['gpt-4.1-nano'],
    base: '/v1',
    anyModel: true,
    routes: [fixed('/health/liveliness', '"I\'m alive!"'), fixed('/health/readiness', { status: 'healthy' })],
    headers: {},
  }),
  provider({
    id: 'llama_cpp',
    dialect: openai,
    base: '/v1',
    auth: null,
    models: ['llama-3.1-8b'],
    anyModel: true,
    quirks: { streamError: 'field' },
    routes: [fixed('/health', { status: 'ok' })],
    headers: {},
  }),
  provider({
    id: 'anthropic',
    dialect: anthropic,
    base: '/v1',
    models: ['claude-haiku-4-5', shown('claude-sonnet-4-6')],
  }),
  provider({
    id: 'google_gemini',
    dialect: gemini,
    base: '/v1beta',
    models: ['gemini-2.5-flash-lite', 'gemini-3.1-flash-lite', shown('gemini-2.5-pro')],
    embeds: ['gemini-embedding-001'],
  }),
  provider({
    id: 'cohere',
    dialect: cohere,
    also: [cohereV1],
    models: ['command-r7b-12-2024', shown('command-a-reasoning-08-2025')],
    embeds: ['embed-v4.0'],
  }),
  provider({
    id: 'ollama',
    dialect: ollama,
    models: ['llama3.2:1b', shown('gpt-oss:20b')],
    anyModel: false,
    embeds: ['nomic-embed-text'],
  }),
  provider({ id: 'replicate', dialect: replicate, base: '/v1', models: ['meta/meta-llama-3-8b-instruct'] }),
  provider({ id: 'triton', dialect: triton, models: ['ensemble'], anyModel: true }),
  provider({
    id: 'azure_openai',
    dialect: openai,
    base: '/openai/v1',
    auth: { header: 'api-key', scheme: 'raw' },
    models: ['gpt-4.1-nano'],
    embeds: ['text-embedding-3-small'],
    quirks: { opening: 'filter' },
  }),
  provider({
    id: 'google_vertex',
    dialect: vertex,
    also: [vertexAnthropic],
    models: ['gemini-2.5-flash-lite', 'claude-haiku-4-5'],
  }),
  provider({ id: 'aws_bedrock', dialect: bedrock, models: ['amazon.nova-micro-v1:0', shown('amazon.nova-thinker')] }),
  provider({
    id: 'watsonx',
    dialect: watsonx,
    models: ['ibm/granite-4-h-small'],
    quirks: { done: false, usage: 'always' },
  }),
  provider({ id: 'tokens', dialect: tokens, models: [] }),
  ...relatives,
].map(row => ({ ...row, errors: { ...relativesErrors[row.id], ...row.errors } }))
