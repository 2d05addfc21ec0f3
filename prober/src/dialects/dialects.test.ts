import { readdirSync, readFileSync } from 'node:fs'
import { type ClassifyFacts, classify, signals } from '@llmstatus/shared/classify'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { eventMessage } from '../framing/testing/event-message.ts'
import type { Answer, Asked, Dialect, DialectName } from './dialect.ts'
import { dialectOf, dialects, isDialect } from './dialects.ts'
import { createReader, type Reading } from './reading.ts'

/**
 * A case is a file: one line of JSON that says what was asked and what must be found, then the body, byte for byte.
 * To add one, drop a file into testdata/<dialect>/.
 */
interface Case {
  readonly name: string
  readonly body: Uint8Array
  readonly status: number
  readonly stream: boolean
  readonly type?: ClassifyFacts['type']
  readonly keyed?: boolean
  readonly quirks?: Asked['quirks']
  readonly speaks?: string
  readonly errorType?: string
  readonly expect: { readonly outcome: string; readonly firstToken?: string } & Partial<Reading>
}

const casesOf = (dialect: string): readonly Case[] => {
  const folder = new URL(`testdata/${dialect}/`, import.meta.url)
  return readdirSync(folder).map(file => {
    const bytes = readFileSync(new URL(file, folder))
    const end = bytes.indexOf('\n')
    const head = JSON.parse(bytes.subarray(0, end).toString()) as Omit<Case, 'name' | 'body'>
    return { ...head, name: file.replace(/\.txt$/, ''), body: bytes.subarray(end + 1) }
  })
}

const question = { model: 'm-1', system: null, messages: [], maxTokens: 10, reasoning: false }
const answerTo = ({ status, stream, quirks = {}, speaks, errorType }: Case): Answer => ({
  status,
  errorType,
  asked: {
    method: 'POST',
    path: '/v1/chat',
    ...(speaks === undefined ? {} : { speaks }),
    question: { ...question, stream },
    expected: {},
    quirks,
  },
})

/** Chunk n arrives at n + 1 ms. Reading stops where the dialect says that nothing more matters, as in a probe. */
const readChunks = (dialect: Dialect, aCase: Case, chunks: readonly Uint8Array[]): Reading => {
  const reader = createReader(dialect, answerTo(aCase))
  chunks.every((chunk, index) => reader.chunk(chunk, (index + 1) * 1000) !== 'complete')
  return reader.end()
}

const outcomeOf = (dialect: Dialect, aCase: Case, reading: Reading) =>
  classify({
    dialect: dialect.name,
    type: aCase.type ?? 'chat',
    keyed: aCase.keyed ?? true,
    timeout_ms: 30_000,
    http_status: aCase.status,
    errno: null,
    operation: null,
    signal: reading.signal,
    finish: reading.finish,
    content: 'none',
    us: {
      ...{ dns: 1, tcp: 2, tls: 3, sent: 4, first_byte: 5, last_byte: 999_999 },
      first_token: reading.firstTokenUs,
      first_visible: reading.firstVisibleUs,
    },
    uncertainty_us: 0,
  })

/** Fields that the dialects look into, each with anything inside. */
const fields = [
  ...['error', 'choices', 'type', 'message', 'delta', 'content', 'content_block', 'usage', 'stop_reason'],
  ...['candidates', 'promptFeedback', 'usageMetadata', 'finish_reason', 'tool_calls', 'done', 'done_reason'],
  ...['output', 'toolUse', 'reasoningContent', 'stopReason', 'Output', '__type', 'inputTokens'],
  ...['data', 'embedding', 'embeddings', 'values', 'float', 'text', 'parts', 'index', 'code', 'status', 'details'],
]
const eventNames = fc.constantFrom('messageStart', 'contentBlockDelta', 'messageStop', 'metadata', 'other')
const likely = fc
  .letrec(tie => ({
    object: fc.dictionary(fc.constantFrom(...fields), tie('value'), { maxKeys: 5 }),
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom<unknown>(
        '',
        'x',
        'message_start',
        'message_delta',
        'STOP',
        'ERROR',
        true,
        null,
        0,
        429,
        -1,
        Number.MAX_VALUE,
      ),
      fc.array(tie('value'), { maxLength: 3 }),
      tie('object'),
    ),
  }))
  .object.map(value => JSON.stringify(value))

/** What does not depend on how the bytes came. */
const timeless = ({ firstTokenUs, firstVisibleUs, arrivals, gapUs, ...facts }: Reading) => ({
  ...facts,
  sawToken: firstTokenUs !== null,
  sawVisible: firstVisibleUs !== null,
})

const byByte = (bytes: Uint8Array) => Array.from(bytes, (_byte, index) => bytes.subarray(index, index + 1))

const recordedNames = readdirSync(new URL('testdata/', import.meta.url)).filter(isDialect)

describe.each(recordedNames)('%s', (name: DialectName) => {
  const dialect = dialectOf(name)

  test.each(casesOf(name))('$name', aCase => {
    const reading = readChunks(dialect, aCase, byByte(aCase.body))
    const { outcome, firstToken, ...found } = aCase.expect
    expect(reading).toMatchObject(found)
    expect(outcomeOf(dialect, aCase, reading)).toBe(outcome)
    expect(timeless(reading)).toEqual(timeless(readChunks(dialect, aCase, [aCase.body])))
    if (firstToken === 'before visible') expect(reading.firstTokenUs).toBeLessThan(reading.firstVisibleUs ?? 0)
  })

  test('any chunking of any recorded answer gives the same facts', () => {
    const recorded = casesOf(name)
    fc.assert(
      fc.property(fc.constantFrom(...recorded), fc.array(fc.nat(), { maxLength: 30 }), (aCase, cuts) => {
        const ends = [...cuts.map(cut => cut % (aCase.body.length + 1)), aCase.body.length].sort((a, b) => a - b)
        const chunks = ends.map((end, index) => aCase.body.subarray(ends[index - 1] ?? 0, end))
        const whole = readChunks(dialect, aCase, [aCase.body])
        expect(timeless(readChunks(dialect, aCase, chunks))).toEqual(timeless(whole))
      }),
      { numRuns: 500, interruptAfterTimeLimit: 3_000 },
    )
  })

  test('random bytes are read without a throw, and give only signals of the table', () => {
    const known: readonly string[] = [...Object.keys(signals[name]), 'unparsable', 'no_end', 'no_content']
    const soup = fc.oneof(
      fc.uint8Array({ maxLength: 400 }),
      fc.json({ maxDepth: 4 }).map(text => Buffer.from(`data: ${text}\n\n`)),
      fc.json({ maxDepth: 4 }).map(text => Buffer.from(text)),
      fc.tuple(eventNames, likely).map(([event, value]) => eventMessage(event, JSON.parse(value))),
      fc.tuple(fc.constantFrom('data: ', ''), likely).map(([field, value]) => Buffer.from(`${field}${value}\n\n`)),
    )
    fc.assert(
      fc.property(soup, fc.constantFrom(200, 400, 429, 503), fc.boolean(), (body, status, stream) => {
        const aCase = { name: '', body, status, stream, expect: { outcome: '' } }
        const { signal } = readChunks(dialect, aCase, [body])
        expect(signal === null || known.includes(signal)).toBe(true)
      }),
      { numRuns: 1_500, interruptAfterTimeLimit: 4_000 },
    )
  })
})

describe('arrivals', () => {
  const token = (text: string) => Buffer.from(`data: {"choices":[{"delta":{"content":"${text}"}}]}\n\n`)
  const aCase: Case = { name: '', body: token('a'), status: 200, stream: true, expect: { outcome: '' } }

  test('several events in one chunk are one arrival', () => {
    const reading = readChunks(dialects.openai, aCase, [
      Buffer.concat([token('a'), token('b'), token('c')]),
      token('d'),
    ])
    expect(reading).toMatchObject({ arrivals: 2, gapUs: { p50: 1000, max: 1000 }, text: 'abcd' })
  })
  test('a single arrival has no gap', () => {
    expect(readChunks(dialects.openai, aCase, [token('a')])).toMatchObject({ arrivals: 1, gapUs: null })
  })
  test('a chunk that completes no token is no arrival', () => {
    const chunks = [token('a'), Buffer.from(': keep-alive\n\n'), Buffer.from('data: {"choices":[]}\n\n'), token('b')]
    expect(readChunks(dialects.openai, aCase, chunks)).toMatchObject({ arrivals: 2, gapUs: { p50: 3000, max: 3000 } })
  })
  test('a first token is stamped by the chunk that completed it', () => {
    const bytes = token('a')
    const chunks = [bytes.subarray(0, 10), bytes.subarray(10, -1), bytes.subarray(-1)]
    expect(readChunks(dialects.openai, aCase, chunks).firstTokenUs).toBe(3000)
  })
  test('a reported model is printable and short', () => {
    const named = Buffer.from(`data: {"model":"m\\u0000\\u202e-${'x'.repeat(300)}","choices":[]}\n\n`)
    expect(readChunks(dialects.openai, aCase, [named]).model).toBe(`m-${'x'.repeat(126)}`)
  })
})

describe('what is asked', () => {
  const asked = (more: Partial<Asked>, stream = true): Asked => ({
    method: 'POST',
    path: '/v1/chat/completions',
    question: {
      model: 'm',
      system: 'Be brief.',
      messages: [{ role: 'user', content: 'Hi' }],
      maxTokens: 16,
      stream,
      reasoning: false,
    },
    expected: {},
    quirks: {},
    ...more,
  })
  const bodyOf = (one: Asked) => JSON.parse(dialects.openai.ask(one).body ?? 'null') as unknown

  test('the system text is the first message, and a stream asks for its usage', () => {
    expect(bodyOf(asked({}))).toEqual({
      model: 'm',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hi' },
      ],
      max_tokens: 16,
      stream: true,
      stream_options: { include_usage: true },
    })
  })
  test('the name of the limit is a quirk', () => {
    expect(bodyOf(asked({ quirks: { max_tokens_field: 'max_completion_tokens' } }))).toMatchObject({
      max_completion_tokens: 16,
    })
  })
  test('who refuses stream_options is not sent them', () => {
    expect(bodyOf(asked({ quirks: { stream_usage: false } }))).not.toHaveProperty('stream_options')
  })
  test('a whole answer is asked without stream_options', () => {
    expect(bodyOf(asked({}, false))).toMatchObject({ stream: false })
    expect(bodyOf(asked({}, false))).not.toHaveProperty('stream_options')
  })
  test('a plain request has no body', () => {
    expect(dialects.http.ask(asked({ method: 'GET', path: '/v1/models', question: null }))).toEqual({
      method: 'GET',
      path: '/v1/models',
      headers: { accept: '*/*' },
      body: null,
    })
  })
})

test('every dialect of the map has its row of signals, and every row its dialect', () => {
  expect(Object.entries(dialects).filter(([name, dialect]) => dialect.name !== name)).toEqual([])
  expect(Object.keys(dialects).sort()).toEqual(Object.keys(signals).sort())
  expect(
    Object.keys(dialects)
      .filter(name => name !== 'tcp')
      .sort(),
  ).toEqual([...recordedNames].sort())
  expect(isDialect('openai')).toBe(true)
  expect(isDialect('constructor')).toBe(false)
  expect(() => dialectOf('toString')).toThrow('no dialect')
})
