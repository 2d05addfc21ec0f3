import { definitionDigest } from '@llmstatus/shared/definition'
import type { Probe } from '../probe.ts'
import type { ReferenceModel } from './schedule.ts'

export const referencePath = '/v1/chat/completions'

const asked = {
  provider: 'reference',
  model: 'reference',
  probe: 'reference',
  type: 'reference',
  dialect: 'openai',
  method: 'POST',
  path: referencePath,
  question: {
    model: 'reference' satisfies ReferenceModel as string,
    system: null,
    messages: [{ role: 'user', content: 'Repeat this number and nothing else: {{nonce}}' }],
    maxTokens: 32,
    stream: true,
    reasoning: false,
  },
  expected: { response_contains: '{{nonce}}' },
  timeoutMs: 5_000,
} as const satisfies Partial<Probe>

/** The reference as a probe like any other. Its port changes with every start; what is asked, and so its series, does not. */
export const referenceProbe = (origin: string): Probe => ({
  ...asked,
  def: definitionDigest(asked),
  credential: {
    name: 'reference',
    provider: 'reference',
    origin,
    auth: null,
    headers: {},
    allow: [`${asked.method} ${asked.path}`],
    net: { private: true, cidrs: ['127.0.0.1/32'] },
    ca: null,
    proxy: null,
  },
  origin: 'shipped',
  quirks: {},
  rateLimitHeaders: {},
  price: null,
  everyMs: 60_000,
  sla: null,
  billed: false,
  reasoning: false,
})

/** The quick schedule, with a text that marks this one measurement. */
export const calibrationProbe = (probe: Probe, mark: string): Probe => ({
  ...probe,
  question: { ...asked.question, model: 'reference-quick', messages: [{ role: 'user', content: mark }] },
  expected: {},
})
