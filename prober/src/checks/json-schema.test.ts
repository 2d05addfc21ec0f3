import { describe, expect, test } from 'vitest'
import { fitsSchema, schemaProblem } from './json-schema.ts'

const fits = (schema: object, value: unknown) => fitsSchema(schema as Record<string, unknown>, JSON.stringify(value))

/** A schema, what fits it and what does not. */
const cases: readonly (readonly [schema: object, good: readonly unknown[], bad: readonly unknown[]])[] = [
  [{}, [1, null, 'a', {}], []],
  [{ type: 'object' }, [{}], [[], null, 'a', 1]],
  [{ type: 'array' }, [[]], [{}, 'a']],
  [{ type: 'integer' }, [1, -3, 2.0], [1.5, '1', null]],
  [{ type: 'number' }, [1.5], ['1', null]],
  [{ type: ['string', 'null'] }, ['a', null], [1, {}]],
  [{ type: 'boolean' }, [true], [0, 'true']],
  [{ enum: ['a', 1, null, { b: 2 }] }, ['a', 1, null, { b: 2 }], ['b', 2, { b: 3 }]],
  [{ const: { a: [1] } }, [{ a: [1] }], [{ a: [2] }, {}]],
  [{ required: ['x'] }, [{ x: 1 }, 'no object'], [{}, { y: 1 }]],
  [{ required: ['toString'] }, [], [{}]],
  [{ properties: { a: { type: 'number' } } }, [{ a: 1 }, {}, { b: 'x' }, 7], [{ a: 'x' }]],
  [{ properties: { a: {} }, additionalProperties: false }, [{ a: 1 }, {}], [{ b: 1 }, { a: 1, constructor: 1 }]],
  [{ additionalProperties: { type: 'number' } }, [{ a: 1 }], [{ a: '1' }]],
  [{ minProperties: 1, maxProperties: 2 }, [{ a: 1 }], [{}, { a: 1, b: 2, c: 3 }]],
  [{ items: { type: 'number' } }, [[], [1, 2], 'a'], [[1, '2']]],
  [{ items: { properties: { a: { const: 1 } } } }, [[{ a: 1 }]], [[{ a: 1 }, { a: 2 }]]],
  [{ minItems: 1, maxItems: 2 }, [[1], [1, 2], 'a'], [[], [1, 2, 3]]],
  [
    { uniqueItems: true },
    [
      [1, 2],
      [{ a: 1 }, { a: 2 }],
    ],
    [
      [1, 1],
      [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
    ],
  ],
  [{ uniqueItems: false }, [[1, 1]], []],
  [{ minLength: 2, maxLength: 3 }, ['ab', 'a☀️'.slice(0, 2), 7], ['a', 'abcd']],
  [{ maxLength: 1 }, ['😀'], ['😀😀']],
  [{ minimum: 3, maximum: 5 }, [3, 5, 'a'], [2.9, 6]],
  [{ exclusiveMinimum: 3, exclusiveMaximum: 5 }, [4], [3, 5]],
  [{ anyOf: [{ type: 'string' }, { minimum: 3 }] }, ['a', 4, {}], [2]],
  [{ allOf: [{ type: 'number' }, { minimum: 3 }] }, [4], [2, 'a']],
  [{ oneOf: [{ minimum: 3 }, { maximum: 5 }] }, [2, 6], [4]],
  [{ not: { type: 'string' } }, [1], ['a']],
  [{ type: 'string', enum: ['a', 'bc'], minLength: 2 }, ['bc'], ['a']],
  [{ items: true }, [[1]], []],
  [{ items: false }, [[]], [[1]]],
  [{ title: 'A ticket', description: '…', default: {}, examples: [1], type: 'object' }, [{}], [1]],
]

describe('a schema', () => {
  test.each(cases)('%j', (schema, good, bad) => {
    expect(schemaProblem(schema)).toBeNull()
    for (const value of good) expect(fits(schema, value), JSON.stringify(value)).toBe(true)
    for (const value of bad) expect(fits(schema, value), JSON.stringify(value)).toBe(false)
  })

  test.each<[unknown, string]>([
    [{ tpye: 'string' }, 'holds "tpye", which is not checked here; did you mean "type"?'],
    [{ $ref: 'http://evil.example/' }, 'holds "$ref", which is not checked here; known here: '],
    [{ if: {} }, 'holds "if", which is not checked here'],
    [{ type: 'nmuber' }, 'holds type, and not one of object, array, string'],
    [{ type: [] }, 'holds type, and not one of'],
    [{ type: 'toString' }, 'holds type, and not one of'],
    [{ required: 'x' }, 'holds required, and not a list of names'],
    [{ minLength: -1 }, 'holds minLength, and not a count'],
    [{ properties: { a: 3 } }, 'holds properties, and not a mapping of schemas'],
    [{ anyOf: [] }, 'holds anyOf, and not a list of schemas'],
    [{ properties: { a: { items: { pattern: '(a+)+$' } } } }, 'holds pattern; a pattern belongs in response_matches'],
    [{ anyOf: [{}, { not: { oneOf: [{ patternProperties: {} }] } }] }, 'holds patternProperties; a pattern belongs'],
    [[], 'holds something that is no schema'],
  ])('%j is refused', (schema, problem) => {
    expect(schemaProblem(schema)).toContain(problem)
  })

  test('may have properties with any name', () => {
    const odd = JSON.parse(
      '{"properties":{"pattern":{"type":"number"},"__proto__":{"type":"number"},"type":{"const":1}}}',
    )
    expect(schemaProblem(odd)).toBeNull()
    expect(fitsSchema(odd, '{"pattern":1,"__proto__":2,"type":1}')).toBe(true)
    expect(fitsSchema(odd, '{"__proto__":"x"}')).toBe(false)
    expect(fitsSchema(odd, '{"type":2}')).toBe(false)
  })

  test('is not fitted by what is no JSON, nested without end, or longer than any answer', () => {
    expect(fitsSchema({}, 'Sure! {"ok": true}')).toBe(false)
    expect(fitsSchema({}, '')).toBe(false)
    expect(fitsSchema({ items: {} }, `${'['.repeat(100_000)}${']'.repeat(100_000)}`)).toBe(true)
    expect(fitsSchema({}, `"${'a'.repeat(300_000)}"`)).toBe(false)
  })
})
