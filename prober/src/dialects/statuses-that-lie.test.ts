import { readFileSync } from 'node:fs'
import type { Outcome } from '@llmstatus/shared/classify'
import { expect, test } from 'vitest'

/**
 * Who answers under a status that means something else, and what it is in truth. Each row is a recorded answer in
 * testdata/, which dialects.test.ts reads; here stands that none of them is forgotten, or quietly takes its status's word.
 */
type Row = readonly [who: string, file: string, outcome: Outcome]

const bare403 = (what: string): string => `openai/403-${what}-where-a-wrong-key-is-refused-so`

const rows: readonly Row[] = [
  ['xAI, a wrong key under 400', 'openai/400-wrong-key-as-string', 'auth_rejected'],
  ['Gemini, a wrong key under 400', 'gemini/400-wrong-key', 'auth_rejected'],
  ['Gemini, no billing under 400', 'gemini/400-billing', 'quota_exhausted'],
  ['Gemini, a country under 400', 'gemini/400-region', 'permission_denied'],
  ['AI21, a wrong key under 400', 'openai/400-bad-or-missing', 'auth_rejected'],
  ['Baseten, OVHcloud, Doubleword, Qianfan, a wrong key under 403', bare403('bare'), 'auth_rejected'],
  ['Cerebras, no key under 403', bare403('word'), 'auth_rejected'],
  ['Anthropic, no credit under 400', 'anthropic/400-credit-balance', 'quota_exhausted'],
  ['Anthropic, a usage limit under 400', 'anthropic/400-usage-limits', 'quota_exhausted'],
  ['Anthropic, a spend limit under 429', 'anthropic/429-spend-limit', 'quota_exhausted'],
  ['OpenAI, no quota under 429', 'openai/429-openai-quota', 'quota_exhausted'],
  ['OpenAI, a spend limit under 429', 'openai/429-openai-spend-limit', 'quota_exhausted'],
  ['OpenAI responses, no quota under 200', 'openai-responses/stream-error-quota-then-failed', 'quota_exhausted'],
  ['Zhipu, no balance under 429', 'openai/429-zhipu-balance', 'quota_exhausted'],
  ['Zhipu, a busy service under 429', 'openai/429-zhipu-busy', 'overloaded'],
  ['Zhipu, a busy model under 429', 'openai/429-zhipu-model-busy', 'overloaded'],
  ['MiniMax, no balance under 500', 'openai/500-minimax-balance', 'quota_exhausted'],
  ['MiniMax, no balance under 429', 'openai/429-minimax-balance', 'quota_exhausted'],
  ['Moonshot, a busy engine under 429', 'openai/429-moonshot-engine', 'overloaded'],
  ['Moonshot, a rate under 429', 'openai/429-moonshot-rate', 'rate_limited'],
  ['Moonshot, no quota under 429', 'openai/429-moonshot-quota', 'quota_exhausted'],
  ['Venice, a rate under 429', 'openai/429-venice-rate', 'rate_limited'],
  ['Venice, a busy model under 429', 'openai/429-venice-model', 'overloaded'],
  ['SambaNova, high demand under 429', 'openai/429-sambanova', 'overloaded'],
  ['Gemini, a rate under 429', 'gemini/429-per-minute', 'rate_limited'],
  ['Gemini, a day’s quota under 429', 'gemini/429-per-day', 'quota_exhausted'],
  ['Gemini, no such quota under 429', 'gemini/429-limit-zero', 'quota_exhausted'],
  ['Gemini, no capacity under 429', 'gemini/429-no-capacity', 'overloaded'],
  ['Vertex, a rate under 429', 'gemini/429-vertex-per-minute', 'rate_limited'],
  ['Vertex, no such quota under 429', 'gemini/429-vertex-limit-zero', 'quota_exhausted'],
  ['Mistral, capacity under 429', 'openai/429-mistral-tier', 'overloaded'],
  ['Mistral, capacity under 503', 'openai/503-mistral-tier', 'overloaded'],
  ['OpenRouter, an upstream’s limit under 429', 'openai/429-openrouter-upstream', 'overloaded'],
  ['TGI, a full queue under 429', 'openai/429-tgi-overloaded', 'overloaded'],
  ['Groq, capacity under 498', 'openai/498-groq-flex', 'overloaded'],
  ['llama.cpp, how it was started under 500', 'openai/500-llama-cpp-started-without-jinja', 'bad_request'],
  ['llama.cpp, too long an input under 500', 'openai/500-llama-cpp-larger-than-a-batch', 'bad_request'],
  ['StepFun, content under 451', 'openai/451-content-review', 'content_filtered'],
  ['Scaleway, a strange model under 422', 'openai/422-scaleway-model', 'model_not_found'],
  ['GitHub Models, a host that is gone under 410', 'openai/410-gone', 'model_not_found'],
  ['Fireworks, a listed model that is not there under 404', 'openai/404-fireworks-not-deployed', 'model_not_found'],
  ['Cloudflare, a day’s allocation under 429', 'openai/429-cloudflare-daily-allocation', 'quota_exhausted'],
  ['Cloudflare, capacity under 429', 'openai/429-cloudflare-capacity', 'overloaded'],
  ['vLLM, an error and then [DONE] under 200', 'openai/stream-error-then-done', 'server_error'],
  [
    'SGLang, OpenRouter and others, an error in a stream under 200',
    'openai/stream-error-with-empty-choices',
    'overloaded',
  ],
]

test.each(rows)('%s: %s is %s', (_who, file, outcome) => {
  const [head = ''] = readFileSync(new URL(`testdata/${file}.txt`, import.meta.url), 'utf8').split('\n', 1)
  expect(JSON.parse(head)).toMatchObject({ expect: { outcome } })
})
