import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Column, nbsp, rowText, widthOf, widthsOf, wrap } from './columns.ts'
import { duration, money, time } from './numbers.ts'

const columns: readonly Column[] = [
  { head: 'model', side: 'left', least: 6, keeps: 'tail' },
  { head: 'probe', side: 'left', least: 5 },
  { head: 'total', side: 'right' },
]

describe('a table', () => {
  const rows = [
    ['accounts/acme/models/gpt-oss-120b', 'chat-medium', '1.24 s'],
    ['m', 'chat', '312 ms'],
  ]

  test('is as wide as what stands in it', () => {
    const widths = widthsOf(columns, rows, 200)
    expect(widths).toEqual([33, 11, 6])
    expect(rows.map(row => rowText(columns, widths, row))).toEqual([
      'accounts/acme/models/gpt-oss-120b  chat-medium  1.24 s',
      'm                                  chat         312 ms',
    ])
  })

  test('is cut where there is most to spare, and keeps the end that says more', () => {
    const widths = widthsOf(columns, rows, 32)
    expect(widthOf(widths)).toBe(32)
    expect(rows.map(row => rowText(columns, widths, row))).toEqual([
      '…t-oss-120b  chat-medium  1.24 s',
      'm            chat         312 ms',
    ])
  })

  test('never cuts a number, even where there is no room at all', () => {
    expect(widthsOf(columns, rows, 0)).toEqual([6, 5, 6])
  })
})

describe('words', () => {
  test('fill lines, and a long one has a line to itself', () => {
    expect(wrap('one two three-and-a-half four', 9)).toEqual(['one two', 'three-and-a-half', 'four'])
    expect(wrap(`a (HTTP${nbsp}302)`, 7)).toEqual(['a', '(HTTP 302)'])
  })

  test('are all there, whatever the width', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme-ascii', minLength: 1 }).map(word => word.replaceAll(' ', '_'))),
        fc.nat(40),
        (words, width) => {
          expect(wrap(words.join(' '), width).join(' ')).toBe(words.join(' '))
        },
      ),
    )
  })
})

describe('numbers', () => {
  test('of a rhythm stand in their largest whole unit', () => {
    expect([500, 4000, 90_000, 300_000, 7_200_000].map(duration)).toEqual(['500 ms', '4 s', '90 s', '5 min', '2 h'])
  })

  test.each([
    [null, '–'],
    [0, '0.0 ms'],
    [4210, '4.2 ms'],
    [9960, '10 ms'],
    [312_400, '312 ms'],
    [999_600, '1.00 s'],
    [1_240_000, '1.24 s'],
    [9_996_000, '10.0 s'],
    [61_000_000, '61.0 s'],
  ])('%s µs are %s', (us, text) => expect(time(us)).toBe(text))

  test.each([
    [null, '–'],
    [0, '$0'],
    [0.00000022, '<$0.000001'],
    [0.0000044, '$0.0000044'],
    [0.00012, '$0.00012'],
    [0.0371, '$0.037'],
    [0.5, '$0.50'],
    [12.345, '$12.35'],
  ])('%s dollars are %s', (usd, text) => expect(money(usd)).toBe(text))
})
