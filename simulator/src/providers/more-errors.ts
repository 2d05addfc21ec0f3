import type { ErrorForm } from '../dialects/dialect.ts'
import { detail, error, type Forms, forbidden, retry } from './error-forms.ts'

const cloudflare = (status: number, code: number, message: string): ErrorForm => ({
  status,
  body: { success: false, errors: [{ code, message }], messages: [], result: null },
})
const ark = (status: number, code: string, message: string) => error(status, { code, message, param: '', type: code })
const tgi = (status: number, type: string, message: string): ErrorForm => ({
  status,
  body: { error: message, error_type: type },
})

/** Of those who stand in relatives.ts. */
export const moreErrors: Readonly<Record<string, Forms>> = {
  fireworks: {
    not_deployed: error(404, {
      object: 'error',
      type: 'invalid_request_error',
      code: 'NOT_FOUND',
      message: 'Model not found, inaccessible, and/or not deployed',
    }),
  },
  ai21: {
    wrong_key: detail(400, 'Bad or missing authentication'),
    no_key: detail(400, 'Bad or missing authentication'),
  },
  baseten: forbidden({ error: 'Invalid authorization credentials' }),
  ovhcloud: forbidden({ error: { message: 'Authentication Failed' } }),
  doubleword: forbidden({ error: { message: 'Forbidden', type: 'forbidden' } }),
  baidu_qianfan: { ...forbidden({ error: { message: 'Forbidden' } }) },
  novita: {
    wrong_key: { status: 401, body: { code: 401, reason: 'FAILED_TO_AUTH', message: 'fail to auth' } },
    unknown_model: { status: 404, body: { code: 404, reason: 'MODEL_NOT_FOUND', message: 'model not found' } },
  },
  nebius: {
    wrong_key: detail(401, "Couldn't authenticate"),
    budget: detail(402, 'The budget of this project is exhausted'),
    rate_limited: retry(detail(429, 'Rate limit exceeded')),
  },
  friendli: {
    wrong_key: detail(401, 'Unauthorized'),
    unknown_model: detail(404, 'Model m not found.'),
  },
  featherless: {
    gated: error(403, { message: 'The model m is gated: accept its licence first.', type: 'forbidden', code: null }),
    plan: error(429, { message: 'Concurrency limit of your plan exceeded.', type: 'rate_limit', code: null }),
  },
  venice: {
    rate_limited: { status: 429, body: { error: 'RATE_LIMIT_EXCEEDED: too many requests' } },
    overloaded: { status: 429, body: { error: 'MODEL_OVERLOADED: the model is at capacity' } },
    balance: { status: 402, body: { error: 'INSUFFICIENT_BALANCE' } },
  },
  reka: { balance: error(400, { message: 'P001: Insufficient Balance', type: 'invalid_request_error' }) },
  wandb: {
    credits: error(402, { message: 'Insufficient credits', code: 402 }),
    concurrency: error(429, { message: 'Concurrency limit reached for requests', code: 429 }),
    country: error(403, { message: 'Country, region, or territory not supported', code: 403 }),
  },
  dashscope: {
    wrong_key: error(401, {
      message: 'Incorrect API key provided.',
      type: 'invalid_request_error',
      code: 'invalid_api_key',
    }),
    arrearage: error(400, {
      message: 'Access denied, your account is in arrears.',
      type: 'Arrearage',
      code: 'Arrearage',
    }),
    rate_limited: error(429, { message: 'Requests rate limit exceeded', type: 'limit', code: 'Throttling.RateQuota' }),
    allocation: error(429, {
      message: 'Allocated quota exceeded',
      type: 'limit',
      code: 'Throttling.AllocationQuota',
    }),
    inspection: error(400, {
      message: 'Input data may contain inappropriate content.',
      type: 'data_inspection_failed',
      code: 'data_inspection_failed',
    }),
  },
  stepfun: {
    content: error(451, { message: 'The content did not pass content review', type: 'censorship_blocked' }),
    balance: error(402, { message: 'Insufficient balance', type: 'insufficient_quota' }),
    overloaded: error(503, { message: 'The engine is overloaded', type: 'engine_overloaded_error' }),
  },
  siliconflow: {
    wrong_key: { status: 401, body: { code: 30014, message: 'Token is invalid.', data: null } },
    unknown_model: { status: 400, body: { code: 20012, message: 'Model does not exist.', data: null } },
    rate_limited: {
      status: 429,
      body: { code: 50604, message: 'Request was rejected: TPM limit reached.', data: null },
    },
  },
  volcengine_ark: {
    wrong_key: ark(401, 'AuthenticationError', 'The API key does not exist.'),
    unknown_model: ark(404, 'InvalidEndpointOrModel.NotFound', 'The model or endpoint m does not exist.'),
    overdue: ark(403, 'AccountOverdueError', 'The account has an overdue balance.'),
    not_open: ark(404, 'ModelNotOpen', 'The account has not activated the model m.'),
    risk: ark(400, 'InputTextRiskDetection', 'The input may contain sensitive information.'),
    rate_limited: ark(429, 'RateLimitExceeded.EndpointRPMExceeded', 'Requests per minute exceeded.'),
    overloaded: ark(429, 'ServerOverloaded', 'The service is overloaded.'),
  },
  huggingface: {
    credits: {
      status: 402,
      body: { error: 'You have exceeded your monthly included credits for Inference Providers.' },
    },
  },
  cloudflare_workers_ai: {
    wrong_key: cloudflare(401, 10000, 'Authentication error'),
    no_key: cloudflare(401, 10000, 'Authentication error'),
    unknown_model: cloudflare(400, 5007, 'No such model m or task'),
    licence: cloudflare(403, 5016, 'User has not agreed to the terms of this model'),
    allocation: cloudflare(429, 3036, 'You have used up your daily free allocation of 10,000 neurons.'),
    capacity: cloudflare(429, 3040, 'Capacity temporarily exceeded, please try again.'),
    timeout: cloudflare(408, 3007, 'Request timeout'),
  },
  voyage: {
    wrong_key: detail(401, 'Provided API key is invalid.'),
    no_key: detail(401, 'No API key provided.'),
    wrong_method: detail(405, 'Method Not Allowed'),
  },
  jina: {
    wrong_key: detail(401, 'Invalid API key'),
    no_key: detail(401, 'Invalid API key'),
    balance: detail(402, 'Account balance not enough to run this query, please recharge.'),
    wrong_method: detail(405, 'Method Not Allowed'),
  },
  scaleway: {
    wrong_key: { status: 401, body: { status: 401, error: 'UNAUTHORIZED' } },
    unknown_model: { status: 422, body: { detail: 'model not found' } },
  },
  ollama_cloud: {
    wrong_key: error(401, { message: 'Unauthorized', type: 'invalid_request_error', param: null, code: null }),
    plan: error(429, { message: 'You have reached your usage limit, upgrade to continue', type: 'rate_limit_error' }),
    unreachable: error(502, { message: 'The cloud model is unreachable', type: 'api_error' }),
  },
  sglang: {
    too_long: {
      status: 400,
      body: {
        object: 'error',
        message: 'The input is longer than the context length',
        type: 'BadRequestError',
        code: 400,
      },
    },
  },
  tgi: {
    overloaded: tgi(429, 'overloaded', 'Model is overloaded'),
    generation: tgi(424, 'generation', 'Request failed during generation'),
    validation: tgi(422, 'validation', 'Input validation error: inputs must have less than 1024 tokens'),
    incomplete: tgi(500, 'incomplete_generation', 'Incomplete generation'),
    unhealthy: tgi(503, 'healthcheck', 'unhealthy'),
  },
  xinference: { server_error: { status: 500, body: { error: 'model is not launched' } } },
}
