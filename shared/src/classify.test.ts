import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ClassifyFacts, classify, sharedSignals, signals } from './classify.ts'
import { operations, outcomeCodes } from './outcome.ts'
import { finishes, probeTypes, Signal } from './result.ts'

/** A complete, right, streamed answer; each case says only where it differs. */
const healthy: ClassifyFacts = {
  dialect: 'openai',
  type: 'chat',
  keyed: true,
  timeout_ms: 30_000,
  http_status: 200,
  errno: null,
  operation: null,
  signal: null,
  finish: 'stop',
  content: 'none',
  us: {
    dns: 1_000,
    tcp: 20_000,
    tls: 50_000,
    sent: 51_000,
    first_byte: 300_000,
    first_token: 400_000,
    first_visible: 400_000,
    last_byte: 900_000,
  },
  uncertainty_us: 100,
}

interface Case {
  readonly case: string
  readonly facts: Partial<Omit<ClassifyFacts, 'us'>> & { readonly us?: Partial<ClassifyFacts['us']> }
  readonly outcome: string
}

const folder = new URL('testdata/classify/', import.meta.url)
for (const file of readdirSync(folder)) {
  const cases = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as readonly Case[]
  describe(file, () => {
    test.each(cases)('$case → $outcome', ({ facts, outcome }) => {
      expect(classify({ ...healthy, ...facts, us: { ...healthy.us, ...facts.us } })).toBe(outcome)
    })
  })
}

const anyUs = fc.option(fc.integer({ min: 0, max: 2_000_000_000 }))
const anyToken = fc.oneof(
  fc.constantFrom(...sharedSignals, ...Object.keys(signals.openai), 'constructor', '__proto__', 'toString'),
  fc.string({ maxLength: 48 }),
)
const anyFacts: fc.Arbitrary<ClassifyFacts> = fc.record({
  dialect: fc.oneof(fc.constantFrom(...Object.keys(signals), 'hasOwnProperty', '__proto__'), fc.string()),
  type: fc.constantFrom(...probeTypes),
  keyed: fc.boolean(),
  timeout_ms: fc.integer({ min: 100, max: 600_000 }),
  http_status: fc.option(fc.integer({ min: 100, max: 999 })),
  errno: fc.option(fc.constantFrom('ECONNRESET', 'EOF', 'ETIMEDOUT', 'HPE_X', 'ECANCELED', '')),
  operation: fc.option(fc.constantFrom(...operations)),
  signal: fc.option(anyToken),
  finish: fc.constantFrom(...finishes),
  content: fc.constantFrom('pass', 'fail', 'none'),
  us: fc.record({
    dns: anyUs,
    tcp: anyUs,
    tls: anyUs,
    sent: anyUs,
    first_byte: anyUs,
    first_token: anyUs,
    first_visible: anyUs,
    last_byte: anyUs,
  }),
  uncertainty_us: fc.integer({ min: 0, max: 2_000_000_000 }),
})

test('whatever the facts, there is one outcome of the closed list', () => {
  fc.assert(
    fc.property(anyFacts, facts => outcomeCodes.includes(classify(facts))),
    { numRuns: 2_000, interruptAfterTimeLimit: 2_000 },
  )
})

test('a 5xx is never ours, unless its body speaks or a check asked for it', () => {
  const said5xx = anyFacts.map(facts => ({ ...facts, http_status: 500, signal: null, content: 'none' as const }))
  fc.assert(fc.property(said5xx, facts => classify(facts) === 'server_error'))
})

test('every token of every dialect is a signal a result line can carry', () => {
  for (const row of [...Object.values(signals).map(Object.keys), sharedSignals])
    for (const token of row) expect(Signal.safeParse(token).success, token).toBe(true)
})

test('no dialect takes a shared token', () => {
  for (const row of Object.values(signals)) for (const token of sharedSignals) expect(row).not.toHaveProperty(token)
})
