import { describe, expect, test } from 'vitest'
import type { Asked, DialectName } from './dialect.ts'
import { dialects } from './dialects.ts'

const question = {
  model: 'm',
  system: 'Be brief.',
  messages: [
    { role: 'user', content: 'Hi' },
    { role: 'assistant', content: 'Hello' },
    { role: 'user', content: '17 × 23?' },
  ],
  maxTokens: 16,
  stream: true,
  reasoning: false,
} as const

const askedOf = (more: Partial<NonNullable<Asked['question']>> = {}): Asked => ({
  method: 'POST',
  path: '/v9/say?alt=sse',
  question: { ...question, ...more },
  expected: {},
  quirks: {},
})
const bodyOf = (name: DialectName, more: Partial<NonNullable<Asked['question']>> = {}): unknown =>
  JSON.parse(dialects[name].ask(askedOf(more)).body ?? 'null')

const spoken = [
  ...(['openai', 'openai-responses', 'anthropic', 'gemini', 'cohere', 'cohere-v1', 'ollama'] as const),
  ...(['bedrock', 'vertex-anthropic', 'watsonx', 'triton'] as const),
]
const embedding = ['openai-embeddings', 'gemini-embeddings', 'cohere-embeddings', 'ollama-embeddings'] as const

test.each([...spoken, ...embedding])('%s goes where it was asked to go, as JSON, without a key or a host', name => {
  const { method, path, headers } = dialects[name].ask(askedOf())
  expect({ method, path }).toEqual({ method: 'POST', path: '/v9/say?alt=sse' })
  expect(Object.keys(headers).sort()).toEqual(['accept', 'content-type'])
})

test.each([...spoken, ...embedding])('%s without a question sends no body', name => {
  expect(dialects[name].ask({ ...askedOf(), question: null }).body).toBeNull()
})

const streamTypes: Readonly<Record<string, string>> = {
  ollama: 'application/x-ndjson',
  'cohere-v1': 'application/stream+json',
  bedrock: 'application/vnd.amazon.eventstream',
}

test.each(spoken)('%s accepts what it asked for', name => {
  const accepted = (stream: boolean) => dialects[name].ask(askedOf({ stream })).headers.accept
  expect(accepted(true)).toBe(streamTypes[name] ?? 'text/event-stream')
  expect(accepted(false)).toBe('application/json')
})

describe('a chat', () => {
  test('with OpenAI’s responses keeps nothing there, and has a limit that they take', () => {
    expect(bodyOf('openai-responses', { maxTokens: 1 })).toEqual({
      model: 'm',
      instructions: 'Be brief.',
      input: question.messages,
      max_output_tokens: 16,
      stream: true,
      store: false,
    })
    expect(bodyOf('openai-responses', { system: null, maxTokens: 40 })).toMatchObject({ max_output_tokens: 40 })
    expect(bodyOf('openai-responses', { system: null })).not.toHaveProperty('instructions')
  })

  test('with Cohere v1 has the last turn apart from those before it', () => {
    expect(bodyOf('cohere-v1')).toEqual({
      model: 'm',
      message: '17 × 23?',
      chat_history: [
        { role: 'USER', message: 'Hi' },
        { role: 'CHATBOT', message: 'Hello' },
      ],
      preamble: 'Be brief.',
      max_tokens: 16,
      stream: true,
    })
    const one = { system: null, messages: [{ role: 'user', content: 'Hi' }] } as const
    expect(bodyOf('cohere-v1', one)).toEqual({ model: 'm', message: 'Hi', max_tokens: 16, stream: true })
  })

  test('with Replicate is waited for, whoever wants a stream', () => {
    const { headers, body, path } = dialects.replicate.ask(askedOf())
    expect(headers).toEqual({ 'content-type': 'application/json', accept: 'application/json', prefer: 'wait' })
    expect(path).toBe('/v9/say?alt=sse')
    expect(JSON.parse(body ?? '')).toEqual({
      input: { prompt: 'Hi\n\nHello\n\n17 × 23?', max_tokens: 16, system_prompt: 'Be brief.' },
    })
    expect(dialects.replicate.ask({ ...askedOf(), question: null }).body).toBeNull()
  })

  test('with Triton is one text', () => {
    expect(bodyOf('triton', { stream: false, messages: [{ role: 'user', content: 'Hi' }] })).toEqual({
      text_input: 'Be brief.\n\nHi',
      parameters: { max_tokens: 16, stream: false },
    })
  })

  test('with Anthropic has the system’s text beside the turns, and a limit that it must have', () => {
    expect(bodyOf('anthropic')).toEqual({
      model: 'm',
      max_tokens: 16,
      stream: true,
      system: 'Be brief.',
      messages: question.messages,
    })
    expect(bodyOf('anthropic', { system: null, stream: false })).toEqual({
      model: 'm',
      max_tokens: 16,
      stream: false,
      messages: question.messages,
    })
  })

  test('with Gemini has parts and its own roles; its model and whether it streams stand in the path', () => {
    expect(bodyOf('gemini')).toEqual({
      systemInstruction: { parts: [{ text: 'Be brief.' }] },
      contents: [
        { role: 'user', parts: [{ text: 'Hi' }] },
        { role: 'model', parts: [{ text: 'Hello' }] },
        { role: 'user', parts: [{ text: '17 × 23?' }] },
      ],
      generationConfig: { maxOutputTokens: 16 },
    })
    expect(bodyOf('gemini', { system: null })).not.toHaveProperty('systemInstruction')
  })

  test('with Bedrock has its turns in blocks, and the system’s text beside them', () => {
    expect(bodyOf('bedrock')).toEqual({
      system: [{ text: 'Be brief.' }],
      messages: question.messages.map(({ role, content }) => ({ role, content: [{ text: content }] })),
      inferenceConfig: { maxTokens: 16 },
    })
    expect(bodyOf('bedrock', { system: null })).not.toHaveProperty('system')
  })

  test('with Anthropic at Vertex AI has its model in the path, and what its provider file adds to the body', () => {
    const asked = { ...askedOf(), fields: { anthropic_version: 'vertex-2023-10-16' } }
    expect(JSON.parse(dialects['vertex-anthropic'].ask(asked).body ?? 'null')).toEqual({
      anthropic_version: 'vertex-2023-10-16',
      max_tokens: 16,
      stream: true,
      system: 'Be brief.',
      messages: question.messages,
    })
  })

  test('with watsonx names its model and whose project pays, and not whether it streams', () => {
    const asked = { ...askedOf(), fields: { project_id: 'p-1' } }
    expect(JSON.parse(dialects.watsonx.ask(asked).body ?? 'null')).toEqual({
      project_id: 'p-1',
      model_id: 'm',
      messages: [{ role: 'system', content: 'Be brief.' }, ...question.messages],
      max_tokens: 16,
    })
  })

  test('what a provider file adds takes the place of nothing that is asked', () => {
    const asked = { ...askedOf(), fields: { model: 'another', messages: 'none' } }
    expect(JSON.parse(dialects.openai.ask(asked).body ?? 'null')).toMatchObject({ model: 'm', max_tokens: 16 })
  })

  test.each(['cohere', 'openai'] as const)('with %s has the system’s text as the first turn', name => {
    expect(bodyOf(name)).toMatchObject({
      model: 'm',
      max_tokens: 16,
      stream: true,
      messages: [{ role: 'system', content: 'Be brief.' }, ...question.messages],
    })
  })

  test('with Ollama says that it does not stream, because it would', () => {
    expect(bodyOf('ollama', { stream: false })).toEqual({
      model: 'm',
      messages: [{ role: 'system', content: 'Be brief.' }, ...question.messages],
      stream: false,
      options: { num_predict: 16 },
    })
  })

  test.each(['anthropic', 'gemini'] as const)('with %s takes a system’s turn out of the turns', name => {
    const messages = [{ role: 'system', content: 'In English.' }, ...question.messages] as const
    const text = JSON.stringify(bodyOf(name, { messages }))
    expect(text).toContain('Be brief.\\n\\nIn English.')
    expect(text).not.toContain('"role":"system"')
  })
})

describe('an embedding', () => {
  const one = { messages: [{ role: 'user', content: 'A boat.' }], stream: false } as const

  test.each([
    ['openai-embeddings', { model: 'm', input: 'A boat.' }],
    ['gemini-embeddings', { content: { parts: [{ text: 'A boat.' }] } }],
    [
      'cohere-embeddings',
      { model: 'm', texts: ['A boat.'], input_type: 'search_document', embedding_types: ['float'] },
    ],
    ['ollama-embeddings', { model: 'm', input: 'A boat.' }],
  ] as const)('of %s is asked for with one text', (name, body) => {
    expect(bodyOf(name, one)).toEqual(body)
  })

  test('stands in a list where the provider wants one', () => {
    const asked = { ...askedOf(one), quirks: { embeddings_input: 'list' } } as const
    expect(JSON.parse(dialects['openai-embeddings'].ask(asked).body ?? '')).toEqual({ model: 'm', input: ['A boat.'] })
  })
})
