import { describe, expect, it } from 'vitest'
import { count, names, percent, seconds, span } from './numbers.ts'

const plain = (text: string): string => text.replaceAll('\u00a0', ' ')

describe('numbers', () => {
  it('writes seconds to two figures', () =>
    expect([120, 412, 1340, 9400, 14_200, null].map(ms => plain(seconds(ms)))).toEqual([
      '0.12 s',
      '0.41 s',
      '1.3 s',
      '9.4 s',
      '14 s',
      '–',
    ]))

  it('never rounds a share up', () =>
    expect([1, 0.99999, 0.29, 0.9986, 0, null].map(share => plain(percent(share, 2)))).toEqual([
      '100 %',
      '99.99 %',
      '29.00 %',
      '99.86 %',
      '0.00 %',
      '–',
    ]))

  it('writes spans in the largest units that matter', () =>
    expect([-5, 4000, 59_999, 60_000, 7_800_000, 7_200_000, 200_000_000].map(ms => plain(span(ms)))).toEqual([
      '0 s',
      '4 s',
      '59 s',
      '1 min',
      '2 h 10 min',
      '2 h',
      '2 d',
    ]))

  it('counts and lists', () => {
    expect([count(1, 'vantage'), count(2, 'vantage')]).toEqual(['1 vantage', '2 vantages'])
    expect(names(['a', 'b', 'c', 'd'])).toBe('a, b, c and 1 more')
  })
})
