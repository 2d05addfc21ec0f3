import { z } from 'zod'
import { countTokens, type Said, textOf } from '../speech/speak.ts'
import { cohere } from './cohere.ts'
import type { Dialect, Frame, Intent } from './dialect.ts'
import { reading } from './read-body.ts'

const Body = z.looseObject({
  model: z.string().min(1),
  message: z.string().min(1),
  stream: z.boolean().optional(),
  max_tokens: z.int().min(1).optional(),
})

const read = (body: z.infer<typeof Body>): Intent => ({
  kind: 'chat',
  ask: {
    model: body.model,
    prompt: body.message,
    promptTokens: countTokens(body.message),
    maxTokens: body.max_tokens ?? null,
    stream: body.stream === true,
    usageInStream: true,
  },
})

const whole = (said: Said) => ({
  generation_id: said.id,
  text: textOf(said),
  finish_reason: said.finish === 'stop' ? 'COMPLETE' : 'MAX_TOKENS',
  meta: {
    billed_units: { input_tokens: said.usage.in, output_tokens: said.usage.out },
    tokens: { input_tokens: said.usage.in + 60, output_tokens: said.usage.out + 2 },
  },
})

const line = (data: object): string => `${JSON.stringify(data)}\n`

const frames = (said: Said): readonly Frame[] => [
  { part: 'open', text: line({ is_finished: false, event_type: 'stream-start', generation_id: said.id }) },
  ...said.tokens.map(
    text => ({ part: 'token', text: line({ is_finished: false, event_type: 'text-generation', text }) }) as const,
  ),
  {
    part: 'done',
    text: line({
      is_finished: true,
      event_type: 'stream-end',
      finish_reason: whole(said).finish_reason,
      response: whole(said),
    }),
  },
]

export const cohereV1 = {
  ...cohere,
  name: 'cohere-v1',
  streamType: 'application/stream+json',
  routes: [
    { method: 'GET', path: '/v1/models', read: () => ({ kind: 'listing' }) },
    { method: 'POST', path: '/v1/chat', read: ({ body }) => reading(Body, read)(body) },
  ],
  whole,
  frames,
  errorFrames: () =>
    line({ is_finished: true, event_type: 'stream-end', finish_reason: 'ERROR', error: 'internal server error' }),
} as const satisfies Dialect
