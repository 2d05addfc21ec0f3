import { z } from 'zod'
import { countTokens, reasoningOf, type Said, textOf } from '../speech/speak.ts'
import type { Dialect, Frame, Incoming, Intent } from './dialect.ts'
import { edgeErrors } from './edge.ts'
import { geminiErrors } from './gemini-errors.ts'
import { reading, textOfContent } from './read-body.ts'

const Turn = z.looseObject({
  role: z.string().optional(),
  parts: z.array(z.looseObject({ text: z.string().optional() })),
})
const ContentsBody = z.looseObject({
  contents: z.array(Turn).min(1),
  systemInstruction: Turn.optional(),
  system_instruction: Turn.optional(),
  generationConfig: z.looseObject({ maxOutputTokens: z.int().min(1).optional() }).optional(),
})
const EmbedBody = z.looseObject({ content: Turn })

const readContents =
  (model: string, stream: boolean) =>
  (body: z.infer<typeof ContentsBody>): Intent => {
    const turns = [body.systemInstruction ?? body.system_instruction ?? { parts: [] }, ...body.contents]
    const last = body.contents.findLast(turn => turn.role !== 'model')
    return {
      kind: 'chat',
      ask: {
        model,
        prompt: textOfContent(last?.parts ?? []),
        promptTokens: turns.reduce((sum, turn) => sum + countTokens(textOfContent(turn.parts)), 0),
        maxTokens: body.generationConfig?.maxOutputTokens ?? null,
        stream,
        usageInStream: true,
      },
    }
  }

const generate = ({ params, body }: Incoming): Intent =>
  reading(ContentsBody, readContents(params.model ?? '', false))(body)

/** Without alt=sse the real one sends a JSON array in pieces; nobody here asks for that. */
const stream = ({ params, query, body }: Incoming): Intent =>
  query.get('alt') === 'sse'
    ? reading(ContentsBody, readContents(params.model ?? '', true))(body)
    : { kind: 'refused', error: 'only_sse' }

const embed = ({ params, body }: Incoming): Intent =>
  reading(EmbedBody, ({ content }) => ({
    kind: 'embeddings',
    ask: { model: params.model ?? '', inputs: [textOfContent(content.parts)] },
  }))(body)

/** Thoughts are counted apart from what is visible. */
const usageOf = ({ usage }: Said) => ({
  promptTokenCount: usage.in,
  candidatesTokenCount: usage.out - usage.reasoning,
  ...(usage.reasoning > 0 && { thoughtsTokenCount: usage.reasoning }),
  totalTokenCount: usage.in + usage.out,
})

const finishOf = ({ finish }: Said): string => (finish === 'stop' ? 'STOP' : 'MAX_TOKENS')

const response = (said: Said, parts: readonly object[], more: object = {}): unknown => ({
  candidates: [{ content: { ...(parts.length > 0 && { parts }), role: 'model' }, index: 0, ...more }],
  usageMetadata: usageOf(said),
  modelVersion: said.model,
  responseId: said.id,
})

const whole = (said: Said): unknown => {
  const thought = said.reasoning.length > 0 ? [{ text: reasoningOf(said), thought: true }] : []
  const text = said.tokens.length > 0 ? [{ text: textOf(said) }] : []
  return response(said, [...thought, ...text], { finishReason: finishOf(said) })
}

/** Its lines end in CRLF. */
const line = (data: unknown): string => `data: ${JSON.stringify(data)}\r\n\r\n`

/** Every event is a response of its own; the last one has the finish reason, and nothing comes after it. */
const frames = (said: Said): readonly Frame[] => [
  ...said.reasoning.map(text => ({ part: 'token', text: line(response(said, [{ text, thought: true }])) }) as const),
  ...said.tokens.map(text => ({ part: 'token', text: line(response(said, [{ text }])) }) as const),
  { part: 'close', text: line(response(said, [], { finishReason: finishOf(said) })) },
]

export const gemini = {
  name: 'gemini',
  auth: { header: 'x-goog-api-key', scheme: 'raw', query: 'key' },
  streamType: 'text/event-stream',
  headers: {},
  routes: [
    { method: 'GET', path: '/models', read: () => ({ kind: 'listing' }) },
    { method: 'POST', path: '/models/{model}:generateContent', read: generate },
    { method: 'POST', path: '/models/{model}:streamGenerateContent', read: stream },
    { method: 'POST', path: '/models/{model}:embedContent', read: embed },
  ],
  listing: models => ({
    models: models.map(id => ({
      name: `models/${id}`,
      displayName: id,
      supportedGenerationMethods: ['generateContent'],
    })),
  }),
  whole,
  frames,
  embeddings: (_ask, vectors) => ({ embedding: { values: vectors[0] ?? [] } }),
  errors: { ...geminiErrors, ...edgeErrors },
  plainError: (code, message) => ({ error: { code, message, status: 'UNKNOWN' } }),
  errorFrames: ({ body }) => line(body),
} as const satisfies Dialect
