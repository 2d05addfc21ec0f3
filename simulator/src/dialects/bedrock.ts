import { z } from 'zod'
import { countTokens, reasoningOf, type Said, textOf } from '../speech/speak.ts'
import { bedrockErrors } from './bedrock-errors.ts'
import type { Dialect, ErrorForm, Frame, Incoming, Intent } from './dialect.ts'
import { edgeErrors } from './edge.ts'
import { eventMessage, exceptionMessage } from './event-stream.ts'
import { reading } from './read-body.ts'

const Blocks = z.array(z.looseObject({ text: z.string().optional() }))
const ConverseBody = z.looseObject({
  messages: z.array(z.looseObject({ role: z.string(), content: Blocks })).min(1),
  system: Blocks.optional(),
  inferenceConfig: z.looseObject({ maxTokens: z.int().min(1).optional() }).optional(),
})

const textOfBlocks = (blocks: z.infer<typeof Blocks>): string => blocks.map(({ text }) => text ?? '').join('')

const readConverse =
  (model: string, stream: boolean) =>
  (body: z.infer<typeof ConverseBody>): Intent => {
    const texts = [body.system ?? [], ...body.messages.map(({ content }) => content)].map(textOfBlocks)
    return {
      kind: 'chat',
      ask: {
        model,
        prompt: textOfBlocks(body.messages.findLast(({ role }) => role === 'user')?.content ?? []),
        promptTokens: texts.reduce((sum, text) => sum + countTokens(text), 0),
        maxTokens: body.inferenceConfig?.maxTokens ?? null,
        stream,
        usageInStream: true,
      },
    }
  }

const converse =
  (stream: boolean) =>
  ({ params, body }: Incoming): Intent =>
    reading(ConverseBody, readConverse(params.model ?? '', stream))(body)

const stopReason = ({ finish }: Said): string => (finish === 'stop' ? 'end_turn' : 'max_tokens')

const usageOf = ({ usage }: Said) => ({
  inputTokens: usage.in,
  outputTokens: usage.out,
  totalTokens: usage.in + usage.out,
})

const whole = (said: Said): unknown => ({
  metrics: { latencyMs: 1 },
  output: {
    message: {
      content: [
        ...(said.reasoning.length > 0
          ? [{ reasoningContent: { reasoningText: { text: reasoningOf(said), signature: 'c2lnbmVk' } } }]
          : []),
        { text: textOf(said) },
      ],
      role: 'assistant',
    },
  },
  stopReason: stopReason(said),
  usage: usageOf(said),
})

/** Padding of a random length stands in every payload; the same seed gives the same here. */
const padded = (n: number, data: object) => ({ ...data, p: 'abcdefghijklmnopqrstuvwxyz'.slice(0, 1 + (n % 26)) })

const frames = (said: Said): readonly Frame[] => {
  const textAt = said.reasoning.length > 0 ? 1 : 0
  const delta = (contentBlockIndex: number, n: number, content: object): Frame => ({
    part: 'token',
    text: eventMessage('contentBlockDelta', padded(n, { contentBlockIndex, delta: content })),
  })
  const close = (type: string, data: object): Frame => ({ part: 'close', text: eventMessage(type, padded(3, data)) })
  return [
    { part: 'open', text: eventMessage('messageStart', padded(0, { role: 'assistant' })) },
    ...said.reasoning.map((text, n) => delta(0, n, { reasoningContent: { text } })),
    ...said.tokens.map((text, n) => delta(textAt, n, { text })),
    close('contentBlockStop', { contentBlockIndex: textAt }),
    close('messageStop', { stopReason: stopReason(said) }),
    { part: 'done', text: eventMessage('metadata', padded(5, { metrics: { latencyMs: 1 }, usage: usageOf(said) })) },
  ]
}

/** The name of an error is in a header; in a stream it is in that of a frame, and begins in lower case. */
const errorFrames = ({ body, headers }: ErrorForm): Buffer => {
  const name = headers?.['x-amzn-errortype'] ?? 'InternalServerException'
  return exceptionMessage(`${name.slice(0, 1).toLowerCase()}${name.slice(1)}`, body)
}

export const bedrock = {
  name: 'bedrock',
  auth: { header: 'authorization', scheme: 'bearer' },
  streamType: 'application/vnd.amazon.eventstream',
  headers: { 'x-amzn-requestid': 'sim-request' },
  routes: [
    { method: 'GET', path: '/async-invoke', read: () => ({ kind: 'listing' }) },
    { method: 'POST', path: '/model/{model}/converse-stream', read: converse(true) },
    { method: 'POST', path: '/model/{model}/converse', read: converse(false) },
  ],
  listing: models => ({ asyncInvokeSummaries: models.map(modelArn => ({ modelArn, status: 'Completed' })) }),
  whole,
  frames,
  errors: { ...bedrockErrors, ...edgeErrors },
  plainError: (_status, message) => ({ message }),
  errorFrames,
} as const satisfies Dialect
