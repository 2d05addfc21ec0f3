import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { describe as describeError, readVersioned } from './strict.ts'

const schema = z.strictObject({
  a: z.int(),
  inner: z.strictObject({ b: z.string(), list: z.array(z.strictObject({ c: z.int() })) }),
})
const good = { a: 1, inner: { b: 'x', list: [{ c: 1 }, { c: 2 }] } }
const extended = { ...good, x: 1, inner: { ...good.inner, y: [1], list: [{ c: 1, z: {} }, { c: 2 }] } }
const ours = { theirs: 1, ours: 1 }
const newer = { theirs: 2, ours: 1 }

describe('readVersioned', () => {
  it('takes what fits, at any version', () => {
    for (const version of [ours, newer, { theirs: 1, ours: 2 }])
      expect(readVersioned(schema, good, version)).toEqual({ ok: true, value: good, dropped: 0 })
  })

  it('refuses an unknown key at our version and below', () => {
    for (const version of [ours, { theirs: 1, ours: 2 }])
      expect(readVersioned(schema, extended, version)).toMatchObject({ ok: false })
  })

  it('drops and counts unknown keys of a newer version, nested ones too', () => {
    expect(readVersioned(schema, extended, newer)).toEqual({ ok: true, value: good, dropped: 3 })
  })

  it('leaves what it was given as it was', () => {
    const before = structuredClone(extended)
    readVersioned(schema, extended, newer)
    expect(extended).toEqual(before)
  })

  it('refuses a newer version where more than an unknown key is wrong', () => {
    expect(readVersioned(schema, { ...extended, a: 'one' }, newer)).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/^a: /),
    })
    expect(readVersioned(schema, { ...good, b: 1, a: undefined }, newer)).toMatchObject({ ok: false })
  })

  it('drops a key called __proto__ like any other', () => {
    const value: unknown = JSON.parse('{"a":1,"__proto__":{"a":2},"inner":{"b":"x","list":[],"__proto__":1}}')
    expect(readVersioned(schema, value, ours)).toMatchObject({ ok: false })
    const read = readVersioned(schema, value, newer)
    expect(read).toEqual({ ok: true, value: { a: 1, inner: { b: 'x', list: [] } }, dropped: 2 })
    expect(read.ok && Object.getPrototypeOf(read.value)).toBe(Object.prototype)
  })

  it('drops what is nested deeper than a stack, and thousands of keys, without a fuss', () => {
    const deep = JSON.parse(`{"a":1,"inner":{"b":"x","list":[]},"x":${'['.repeat(8000)}${']'.repeat(8000)}}`)
    expect(readVersioned(schema, deep, newer)).toMatchObject({ ok: true, dropped: 1 })
    const many = Object.fromEntries(Array.from({ length: 2500 }, (_, n) => [`x${n}`, n]))
    expect(readVersioned(schema, { ...many, ...good }, newer)).toEqual({ ok: true, value: good, dropped: 2500 })
  })

  it('gives back what fits, whatever unknown keys stand around it', () => {
    const names = fc.string().filter(key => !['a', 'inner', 'b', 'list', 'c'].includes(key))
    fc.assert(
      fc.property(fc.dictionary(names, fc.jsonValue()), fc.dictionary(names, fc.jsonValue()), (outer, inner) => {
        const value = JSON.parse(JSON.stringify({ ...outer, ...good, inner: { ...inner, ...good.inner } }))
        const dropped = Object.keys(outer).length + Object.keys(inner).length
        expect(readVersioned(schema, value, newer)).toEqual({ ok: true, value: good, dropped })
      }),
      { interruptAfterTimeLimit: 400 },
    )
  })
})

describe('a reason', () => {
  it('says where and what, in printable characters of which Postgres takes every one', () => {
    const error = schema.safeParse({ ...good, 'a\u0000\ud800': 1 }).error
    expect(error && describeError(error)).toBe('Unrecognized key: "a??"')
    expect(readVersioned(schema, { ...good, inner: { b: 1, list: [] } }, ours)).toMatchObject({
      reason: expect.stringMatching(/^inner\.b: /),
    })
  })

  it('has at most 200 characters', () => {
    const read = readVersioned(schema, { ...good, ['k'.repeat(5000)]: 1 }, ours)
    expect(read.ok ? 0 : read.reason.length).toBe(200)
  })
})
