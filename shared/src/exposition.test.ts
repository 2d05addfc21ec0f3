import { describe, expect, test } from 'vitest'
import { emptyHistogram, exposition, histogramSamples, observe } from './exposition.ts'

describe('an exposition', () => {
  test('has a help, a type and its samples', () => {
    const family = { name: 'probes_total', help: 'Probes.', type: 'counter' as const }
    const samples = [{ labels: { provider: 'openai', outcome: 'ok' }, value: 3 }, { value: 0.5 }]
    expect(exposition('x_', [{ ...family, samples }])).toBe(
      '# HELP x_probes_total Probes.\n# TYPE x_probes_total counter\n' +
        'x_probes_total{provider="openai",outcome="ok"} 3\nx_probes_total 0.5\n',
    )
  })
  test('escapes what would end a label or a line', () => {
    const samples = [{ labels: { name: 'a"b\\c\nd' }, value: 1 }]
    expect(exposition('', [{ name: 'n', help: 'two\nlines \\', type: 'gauge', samples }])).toBe(
      '# HELP n two\\nlines \\\\\n# TYPE n gauge\nn{name="a\\"b\\\\c\\nd"} 1\n',
    )
  })
  test('leaves out what was never seen', () => {
    expect(exposition('', [{ name: 'n', help: '', type: 'gauge', samples: [] }])).toBe('')
  })
})

describe('a histogram', () => {
  test('counts a value at its bound as below it, and is cumulative', () => {
    const seen = [0.001, 0.002, 0.5, 9].reduce(observe, emptyHistogram([0.001, 0.01, 1]))
    const values = histogramSamples(seen, { kind: 'a' }).map(({ suffix, labels, value }) => [suffix, labels?.le, value])
    expect(values).toEqual([
      ['_bucket', '0.001', 1],
      ['_bucket', '0.01', 2],
      ['_bucket', '1', 3],
      ['_bucket', '+Inf', 4],
      ['_sum', undefined, 9.503],
      ['_count', undefined, 4],
    ])
  })
})
