import { describe, expect, test } from 'vitest'
import { testProbe } from '../../test/test-probe.ts'
import { plan } from './plan.ts'
import { summary } from './summary.ts'
import { chat, failed, reachability } from './testing/measured.ts'

describe('before it runs', () => {
  const probes = [testProbe(), testProbe({ probe: 'chat' }), testProbe({ provider: 'groq' })]

  test.each([
    [[], 'Measures 3 probes of 2 providers once. Nothing of it is billed.'],
    [
      [{ provider: 'openai', usd: 0.0000066 }],
      'Measures 3 probes of 2 providers once. It costs at most openai $0.0000066.',
    ],
    [
      [
        { provider: 'groq', usd: 0.0001 },
        { provider: 'openai', usd: 0.0002 },
      ],
      'Measures 3 probes of 2 providers once. It costs at most $0.00030 together: groq $0.00010, openai $0.00020.',
    ],
    [
      [
        { provider: 'groq', usd: null },
        { provider: 'openai', usd: 0.0002 },
      ],
      'Measures 3 probes of 2 providers once. It costs at most openai $0.00020, and what groq charges, which is not known here.',
    ],
    [
      [
        { provider: 'a', usd: null },
        { provider: 'b', usd: null },
      ],
      'Measures 3 probes of 2 providers once. It costs what a, b charge, which is not known here.',
    ],
  ])('with %j', (costs, text) => expect(plan(probes, costs)).toBe(text))
})

describe('afterwards', () => {
  const after = (rows: Parameters<typeof summary>[0], planned = rows.length) => summary(rows, { planned, tookMs: 3210 })

  test('all is well', () => {
    expect(after([reachability('a'), chat('a')])).toEqual(['All 2 answered.', 'It took 3.2 s and cost $0.0000044.'])
    expect(after([reachability('a')])).toEqual(['It answered.', 'It took 3.2 s and cost nothing.'])
  })

  test('something is not, and it is said whose it is', () => {
    const rows = [
      chat('a'),
      failed('b', 'server_error'),
      failed('b', 'empty'),
      failed('c', 'auth_rejected'),
      failed('d', 'unclassified'),
    ]
    expect(after(rows)).toEqual([
      '1 of 5 answered; 2 failed (b), 1 yours to mend (c), 1 not known (d).',
      'It took 3.2 s and cost $0.0000044, without 4 whose cost is not known.',
    ])
  })

  test('somebody stopped it', () => {
    expect(after([chat('a')], 3)[1]).toBe('Stopped: 2 of 3 were not measured.')
    expect(after([], 3)).toEqual([
      'Nothing was measured.',
      'Stopped: 3 of 3 were not measured.',
      'It took 3.2 s and cost nothing.',
    ])
  })
})
