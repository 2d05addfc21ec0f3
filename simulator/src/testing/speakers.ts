/** How each dialect is spoken, written down a second time and by hand, so that the first can be wrong. For tests. */

export interface Asked {
  readonly path: string
  readonly key?: string
  readonly body?: unknown
}

// biome-ignore lint/suspicious/noExplicitAny: a test takes answers apart as it expects them, and fails where they differ
type Anything = any

interface Chat {
  readonly base: string
  readonly model: string
  readonly stream: boolean
  readonly prompt: string
}

export interface Speaker {
  readonly chat: (chat: Chat) => Asked
  readonly embed: (base: string, model: string) => Asked
  /** The visible text of a stream. */
  readonly streamed: (text: string) => string
  readonly whole: (json: Anything) => string
  /** Stands in a stream that came to its end, and in no other. */
  readonly closed: RegExp
  readonly listing: string
  /** Where nobody is given a stream. */
  readonly streams?: false
}

const data = (text: string): readonly Anything[] =>
  [...text.matchAll(/^data: (\{.*\})\r?$/gm)].map(([, json]) => JSON.parse(json ?? ''))
const joined = (texts: readonly (string | null | undefined)[]): string => texts.map(text => text ?? '').join('')
const messages = (prompt: string) => [{ role: 'user', content: prompt }]

export const speakers: Readonly<Record<string, Speaker>> = {
  openai: {
    chat: ({ base, model, stream, prompt }) => ({
      path: `${base}/chat/completions`,
      body: { model, stream, messages: messages(prompt) },
    }),
    embed: (base, model) => ({ path: `${base}/embeddings`, body: { model, input: 'a' } }),
    streamed: text => joined(data(text).map(chunk => chunk.choices[0]?.delta.content)),
    whole: json => json.choices[0].message.content,
    closed: /"finish_reason":"(stop|length)"/,
    listing: '/models',
  },
  anthropic: {
    chat: ({ base, model, stream, prompt }) => ({
      path: `${base}/messages`,
      body: { model, max_tokens: 64, stream, messages: messages(prompt) },
    }),
    embed: () => ({ path: '/none' }),
    streamed: text => joined(data(text).map(event => event.delta?.text)),
    whole: json => json.content.at(-1).text,
    closed: /event: message_stop/,
    listing: '/models',
  },
  gemini: {
    chat: ({ base, model, stream, prompt }) => ({
      path: `${base}/models/${model}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
      body: { contents: [{ role: 'user', parts: [{ text: prompt }] }] },
    }),
    embed: (base, model) => ({
      path: `${base}/models/${model}:embedContent`,
      body: { content: { parts: [{ text: 'a' }] } },
    }),
    streamed: text =>
      joined(
        data(text).flatMap(chunk =>
          (chunk.candidates?.[0].content.parts ?? []).map((part: Anything) => (part.thought ? '' : part.text)),
        ),
      ),
    whole: json => json.candidates[0].content.parts.at(-1).text,
    closed: /"finishReason"/,
    listing: '/models',
  },
  cohere: {
    chat: ({ base, model, stream, prompt }) => ({
      path: `${base}/v2/chat`,
      body: { model, stream, messages: messages(prompt) },
    }),
    embed: (base, model) => ({ path: `${base}/v2/embed`, body: { model, texts: ['a'], input_type: 'search_query' } }),
    streamed: text => joined(data(text).map(event => event.delta?.message?.content?.text)),
    whole: json => json.message.content.at(-1).text,
    closed: /\[DONE\]/,
    listing: '/v1/models',
  },
  'openai-responses': {
    chat: ({ base, model, stream, prompt }) => ({ path: `${base}/responses`, body: { model, stream, input: prompt } }),
    embed: () => ({ path: '/none' }),
    streamed: text =>
      joined(data(text).map(event => (event.type === 'response.output_text.delta' ? event.delta : null))),
    whole: json => json.output.at(-1).content[0].text,
    closed: /event: response\.(completed|incomplete)/,
    listing: '/models',
  },
  'cohere-v1': {
    chat: ({ base, model, stream, prompt }) => ({
      path: `${base}/v1/chat`,
      body: { model, stream, message: prompt },
    }),
    embed: () => ({ path: '/none' }),
    streamed: text =>
      joined(
        text
          .trim()
          .split('\n')
          .map(line => JSON.parse(line))
          .map(event => (event.event_type === 'text-generation' ? event.text : null)),
      ),
    whole: json => json.text,
    closed: /"finish_reason":"(COMPLETE|MAX_TOKENS)"/,
    listing: '/v1/models',
  },
  triton: {
    chat: ({ base, model, stream, prompt }) => ({
      path: `${base}/v2/models/${encodeURIComponent(model)}/${stream ? 'generate_stream' : 'generate'}`,
      body: { text_input: prompt },
    }),
    embed: () => ({ path: '/none' }),
    streamed: text => joined(data(text).map(event => event.text_output)),
    whole: json => json.text_output,
    closed: /"text_output":""/,
    listing: '/v2/health/ready',
  },
  replicate: {
    chat: ({ base, model, prompt }) => ({
      path: `${base}/models/${model}/predictions`,
      body: { input: { prompt } },
    }),
    embed: () => ({ path: '/none' }),
    streamed: text => JSON.parse(text).output.join(''),
    whole: json => json.output.join(''),
    closed: /"status":"succeeded"/,
    listing: '/account',
    streams: false,
  },
  bedrock: {
    chat: ({ base, model, stream, prompt }) => ({
      path: `${base}/model/${encodeURIComponent(model)}/converse${stream ? '-stream' : ''}`,
      body: { messages: [{ role: 'user', content: [{ text: prompt }] }] },
    }),
    embed: () => ({ path: '/none' }),
    streamed: text =>
      joined([...text.matchAll(/"delta":\{"text":("(?:[^"\\]|\\.)*")\}/g)].map(([, one]) => JSON.parse(one ?? ''))),
    whole: json => json.output.message.content.at(-1).text,
    closed: /"latencyMs"/,
    listing: '/async-invoke',
  },
  vertex: {
    chat: ({ model, stream, prompt }) => ({
      path: `/v1/projects/p/locations/l/publishers/google/models/${model}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
      body: { contents: [{ role: 'user', parts: [{ text: prompt }] }] },
    }),
    embed: () => ({ path: '/none' }),
    streamed: text => joined(data(text).map(chunk => chunk.candidates?.[0].content.parts?.[0].text)),
    whole: json => json.candidates[0].content.parts.at(-1).text,
    closed: /"finishReason"/,
    listing: '/v1/publishers/google/models/any',
  },
  'vertex-anthropic': {
    chat: ({ model, stream, prompt }) => ({
      path: `/v1/projects/p/locations/l/publishers/anthropic/models/${model}:${stream ? 'streamR' : 'r'}awPredict`,
      body: { anthropic_version: 'vertex-2023-10-16', max_tokens: 64, stream, messages: messages(prompt) },
    }),
    embed: () => ({ path: '/none' }),
    streamed: text => joined(data(text).map(event => event.delta?.text)),
    whole: json => json.content.at(-1).text,
    closed: /event: message_stop/,
    listing: '/v1/publishers/anthropic/models/any',
  },
  watsonx: {
    chat: ({ model, stream, prompt }) => ({
      path: `/ml/v1/text/chat${stream ? '_stream' : ''}?version=2024-10-10`,
      body: { model_id: model, project_id: 'p', messages: messages(prompt), max_tokens: 64 },
    }),
    embed: () => ({ path: '/none' }),
    streamed: text => joined(data(text).map(chunk => chunk.choices[0]?.delta.content)),
    whole: json => json.choices[0].message.content,
    closed: /"finish_reason":"(stop|length)"/,
    listing: '/ml/v1/foundation_model_specs',
  },
  ollama: {
    chat: ({ base, model, stream, prompt }) => ({
      path: `${base}/api/chat`,
      // It streams unless it is told not to.
      body: { model, messages: messages(prompt), ...(!stream && { stream }) },
    }),
    embed: (base, model) => ({ path: `${base}/api/embed`, body: { model, input: 'a' } }),
    streamed: text =>
      joined(
        text
          .trim()
          .split('\n')
          .map(line => JSON.parse(line).message?.content),
      ),
    whole: json => json.message.content,
    closed: /"done":true/,
    listing: '/api/tags',
  },
}
