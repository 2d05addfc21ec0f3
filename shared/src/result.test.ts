import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { instant, sha256, uuid7 } from './ids.ts'
import { operations, outcomeCodes, skipCodes } from './outcome.ts'
import { DefinitionLine, finishes, probeTypes, ResultLine, readLine, SkipLine, whys } from './result.ts'

const or = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null })
const us = fc.nat({ max: 2_000_000_000 })
const count = fc.nat({ max: 1_000_000_000 })
const at = fc.nat({ max: 253_402_300_799 }).map(s => instant(s * 1000 + 7))
const slug = fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,63}$/)
const amount = fc.double({ min: 0, max: 1_000_000, noNaN: true }).map(x => x + 0)
const headroom = or(fc.record({ limit: or(amount), remaining: or(amount), reset_s: or(amount) }))

const slotFields = {
  id: fc.uint8Array({ minLength: 10, maxLength: 10 }).map(random => uuid7(1_768_467_600_000, random)),
  slot: at,
  why: fc.constantFrom(...whys),
  provider: slug,
  model: or(fc.stringMatching(/^@?[A-Za-z0-9][A-Za-z0-9._:/@-]{0,126}$/).filter(id => !id.includes('..'))),
  probe: slug,
}

const result: fc.Arbitrary<ResultLine> = fc.record({
  ...slotFields,
  at,
  def: fc.string().map(sha256),
  dialect: slug,
  outcome: fc.constantFrom(...outcomeCodes),
  classifier: fc.integer({ min: 1, max: 32_767 }),
  operation: or(fc.constantFrom(...operations)),
  signal: or(fc.stringMatching(/^[a-zA-Z0-9_.:-]{1,48}$/)),
  finish: fc.constantFrom(...finishes),
  content: fc.constantFrom('pass', 'fail', 'none'),
  http_status: or(fc.integer({ min: 100, max: 999 })),
  errno: or(fc.stringMatching(/^[A-Z0-9_]{1,48}$/)),
  us: fc.record({
    dns: or(us),
    tcp: or(us),
    tls: or(us),
    sent: or(us),
    first_byte: or(us),
    first_token: or(us),
    first_visible: or(us),
    last_byte: or(us),
  }),
  tokens: fc.record({ in: or(count), out: or(count), reasoning: or(count) }),
  chunks: count,
  gap_us: or(fc.record({ p50: us, max: us })),
  cost_usd: or(amount),
  rate_limit: or(fc.record({ requests: headroom, tokens: headroom })),
  model_reported: or(fc.string({ maxLength: 128 })),
  connection: fc.constantFrom('cold', 'warm'),
  via_proxy: fc.boolean(),
  uncertainty_us: us,
  loop_delay_us: us,
})

const run = fc.tuple(at, at, fc.integer({ min: 1, max: 1_000_000_000 })).map(([a, b, n]) => {
  const [from = a, to = b] = [a, b].sort()
  return { from, to, count: n }
})
const skip: fc.Arbitrary<SkipLine> = fc
  .tuple(fc.record({ ...slotFields, skip: fc.constantFrom(...skipCodes) }), fc.oneof(fc.constant({}), run))
  .map(([line, many]) => ({ ...line, ...many }))

const sla = fc.record({ ttfb_p95_ms: count, total_p95_ms: count, tps_p50_min: count }, { requiredKeys: [] })
const definition: fc.Arbitrary<DefinitionLine> = fc.record({
  kind: fc.constant('definition' as const),
  at,
  def: fc.string().map(sha256),
  provider: slug,
  model: slotFields.model,
  probe: slug,
  type: fc.constantFrom(...probeTypes),
  dialect: slug,
  keyed: fc.boolean(),
  origin: fc.constantFrom('shipped', 'set'),
  every_ms: fc.integer({ min: 100, max: 2_000_000_000 }),
  timeout_ms: fc.integer({ min: 100, max: 2_000_000_000 }),
  sla: or(sla.map(given => Object.fromEntries(Object.entries(given).map(([key, value]) => [key, value + 1])))),
  billed: fc.boolean(),
  reasoning: fc.boolean(),
})

/** Characters that a terminal, a parser or Postgres trips over. */
const odd = fc.string({
  unit: fc.constantFrom('\u0000', '\ud800', '\udfff', '\u202e', '\u001b', 'é', '"', '\\', '{', '}', ':', 'a', '1'),
})
const small = fc.jsonValue({ maxDepth: 2, depthSize: 'small' })
const property = (check: fc.IRawProperty<unknown>) => fc.assert(check, { interruptAfterTimeLimit: 500 })
const sampleOf = <T>(arbitrary: fc.Arbitrary<T>): T => fc.sample(arbitrary, { numRuns: 1, seed: 7 })[0] as T

const kinds = [
  ['result', ResultLine, result],
  ['skip', SkipLine, skip],
  ['definition', DefinitionLine, definition],
] as const

describe.each(kinds)('a %s line', (kind, schema, arbitrary) => {
  const line = sampleOf<object>(arbitrary)

  it('reads back as it was written', () => {
    property(
      fc.property(arbitrary as fc.Arbitrary<object>, value => {
        const read = readLine(JSON.stringify(value))
        expect(read).toEqual({ ok: true, kind, line: value, dropped: 0 })
      }),
    )
  })

  it('takes no unknown key at our version, at the top or nested', () => {
    expect(readLine(JSON.stringify({ ...line, x: 1 }))).toMatchObject({ ok: false, reason: 'bad_shape' })
    for (const [key, inner] of Object.entries(line)) {
      if (inner === null || typeof inner !== 'object') continue
      const text = JSON.stringify({ ...line, [key]: { ...inner, x: 1 } })
      expect(readLine(text), key).toMatchObject({
        ok: false,
        reason: 'bad_shape',
        detail: expect.stringContaining('"x"'),
      })
      expect(readLine(text, 2), key).toEqual({ ok: true, kind, line, dropped: 1 })
    }
    expect(readLine(JSON.stringify({ ...line, x: { y: 1 }, z: null }), 2)).toEqual({ ok: true, kind, line, dropped: 2 })
  })

  it('needs every key that is not optional', () => {
    const optional = ['from', 'to', 'count']
    for (const key of Object.keys(line).filter(name => ![...optional, 'kind', 'skip'].includes(name))) {
      const { [key]: _gone, ...rest } = line as Record<string, unknown>
      expect(readLine(JSON.stringify(rest)), key).toMatchObject({ ok: false, reason: 'bad_shape' })
    }
  })

  it('gives the same verdict compiled and not', () => {
    expect(() => z.compile(schema as z.ZodType, { strict: true })).not.toThrow()
  })
})

describe('a line from outside', () => {
  const good = sampleOf(result)
  const read = (change: Record<string, unknown>, version?: number) =>
    readLine(JSON.stringify({ ...good, ...change }), version)

  it.each([
    ['', 'not_json'],
    ['{', 'not_json'],
    ['{"id":1', 'not_json'],
    ['NaN', 'not_json'],
    ['undefined', 'not_json'],
    ['\ufeff{}', 'not_json'],
    ['null', 'not_an_object'],
    ['[]', 'not_an_object'],
    ['7', 'not_an_object'],
    ['"x"', 'not_an_object'],
    ['{}', 'bad_shape'],
    ['{"skip":null}', 'bad_shape'],
    ['{"kind":"trace"}', 'unknown_kind'],
    ['{"kind":null}', 'unknown_kind'],
    ['{"kind":{"toString":1,"valueOf":1}}', 'unknown_kind'],
    [`{"kind":${'['.repeat(8000)}${']'.repeat(8000)}}`, 'unknown_kind'],
    [`{"x":${'['.repeat(8000)}${']'.repeat(8000)}}`, 'bad_shape'],
    [`{"x":"${'é'.repeat(8192)}"}`, 'too_long'],
  ])('%.40j is %s', (text, reason) => {
    expect(readLine(text)).toMatchObject({ ok: false, reason })
    expect(readLine(text, 2)).toMatchObject({ ok: false, reason })
  })

  it.each([
    ['classifier', 32_768],
    ['classifier', 0],
    ['classifier', 1.5],
    ['http_status', 1000],
    ['http_status', -1],
    ['chunks', 1e15],
    ['chunks', 2 ** 53],
    ['uncertainty_us', 2_000_000_001],
    ['cost_usd', -1],
    ['cost_usd', 1e300],
    ['slot', '2026-02-30T00:00:00.000Z'],
    ['at', 'yesterday'],
    ['id', '6f9619ff-8b86-4d01-b42d-00cf4fc964ff'],
    ['provider', '__proto__'],
    ['model', '../../etc'],
    ['signal', 'free text'],
    ['errno', 'econnreset'],
    ['outcome', 'fine'],
    ['outcome', 'toString'],
    ['us', null],
    ['us', []],
  ])('with %s = %j is counted and left out', (key, value) => {
    expect(read({ [key]: value })).toMatchObject({
      ok: false,
      reason: 'bad_shape',
      detail: expect.stringMatching(`^${key}`),
    })
  })

  it('keeps a result whose provider called its model something odd, and cleans that name', () => {
    const line = read({ model_reported: `gpt\u0000\ud800 \u202e<b>${'x'.repeat(500)}` })
    expect(line).toMatchObject({ ok: true, line: { model_reported: `gpt?? ?<b>${'x'.repeat(118)}` } })
  })

  it('has a reason that any column can hold', () => {
    property(
      fc.property(fc.dictionary(odd, small, { maxKeys: 4 }), value => {
        const line = readLine(JSON.stringify(value))
        expect(line.ok ? '' : line.detail).toMatch(/^[\x20-\x7e]{0,200}$/)
      }),
    )
  })

  it('does not take __proto__ for a key it knows', () => {
    const text = JSON.stringify(good).replace('{', '{"__proto__":{"skip":"paused"},')
    expect(readLine(text)).toMatchObject({ ok: false, reason: 'bad_shape' })
    expect(readLine(text, 2)).toEqual({ ok: true, kind: 'result', line: good, dropped: 1 })
  })

  it('that says a thing twice means the last', () => {
    const text = JSON.stringify(good).replace('{', '{"chunks":123456,')
    expect(readLine(text)).toMatchObject({ ok: true, line: { chunks: good.chunks } })
  })

  it('never throws', () => {
    const noise = fc.oneof(
      odd,
      small.map(value => JSON.stringify(value)),
    )
    property(
      fc.property(noise, fc.constantFrom(1, 2), (text, version) => {
        expect(readLine(text, version).ok).toBe(false)
      }),
    )
  })
})

describe('a skip line', () => {
  const one = { ...sampleOf(skip) }
  const { from: _from, to: _to, count: _count, ...bare } = one
  const many = { from: '2026-01-15T09:00:00.000Z', to: '2026-01-15T10:00:00.000Z', count: 60 }

  it('stands for one slot or for a run of them', () => {
    expect(SkipLine.safeParse(bare).success).toBe(true)
    expect(SkipLine.safeParse({ ...bare, ...many }).success).toBe(true)
  })

  it.each([
    { from: many.from },
    { from: many.from, to: many.to },
    { count: 2 },
    { ...many, count: 0 },
    { ...many, from: many.to, to: many.from },
    { ...many, from: '2026-01-15' },
  ])('with %j is neither', change => {
    expect(SkipLine.safeParse({ ...bare, ...change }).success).toBe(false)
  })
})
