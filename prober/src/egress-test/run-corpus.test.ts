import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { refuseUnsafe } from '../cli/refuse-unsafe.ts'
import { inputOf } from '../config/testing/told.ts'
import { clock } from '../testing/measuring.ts'
import { type Case, readCorpus } from './case.ts'
import { type CorpusRun, runCorpus } from './run-corpus.ts'

const file = new URL('corpus.yaml', import.meta.url)
const corpus = readCorpus(readFileSync(file, 'utf8'), 'corpus.yaml')
const { dialects, ...folder } = inputOf({})

const run = (cases: readonly Case[]): Promise<CorpusRun> =>
  runCorpus(cases, {
    clock,
    random: randomBytes,
    folder,
    dialects,
    refuseUnsafe: env => refuseUnsafe({ env, flags: [] }),
    judged: () => undefined,
  })

const casesOf = (...lines: readonly string[]) => readCorpus(lines.map(line => `- { ${line} }\n`).join(''), 'x.yaml')

describe('the hostile corpus', () => {
  it('comes out as expected, every case of it, and no byte of a key is anywhere it has no business', async () => {
    const { verdicts, keyBytes } = await run(corpus)
    expect(verdicts.filter(({ wrong }) => wrong !== null)).toEqual([])
    expect(verdicts).toHaveLength(corpus.length)
    expect(keyBytes).toBe(0)
  }, 120_000)

  it('has cases of every kind, each with a name of its own', () => {
    expect(new Set(corpus.map(({ name }) => name)).size).toBe(corpus.length)
    expect(Map.groupBy(corpus, ({ kind }) => kind).size).toBeGreaterThanOrEqual(14)
    expect(corpus.length).toBeGreaterThan(300)
  })
})

describe('a key that does leave', () => {
  it('is seen by the sink, whoever let it', async () => {
    const { verdicts, keyBytes } = await run(
      casesOf(
        'kind: origin, at: credential, origin: "https://evil.example", name: an origin that was set to another host, allow: ok',
        'kind: origin, at: target, origin: "http://10.9.9.9:8000", name: a target in the private network, allow: ok',
        'kind: proxy, leads_to: sink, name: a proxy with a certificate that everybody trusts, allow: ok',
      ),
    )
    for (const { key_bytes, wrong } of verdicts) {
      expect(key_bytes).toBe(48)
      expect(wrong).toBe('a secret was received where it has no business')
    }
    expect(keyBytes).toBe(48)
  })

  it.each([
    [
      'kind: definition, with: { model: gpt-4o-mini }, name: what is allowed, deny: is not a known key',
      'expected deny: is not a known key',
    ],
    [
      'kind: redirect, status: 302, to: "https://x.example", name: another reason, deny: metadata',
      'expected deny: metadata',
    ],
    ['kind: redirect, status: 302, to: "https://x.example", name: what is denied, allow: ok', 'expected allow: ok'],
  ])('or a case that comes out otherwise is not as expected: %s', async (line, why) => {
    const { verdicts } = await run(casesOf(line))
    expect(verdicts.map(({ wrong }) => wrong)).toEqual([why])
  })
})

it('a report never holds the key', async () => {
  const { verdicts } = await run(
    casesOf(
      'kind: setting, name: a key as a secret, with: { credentials: [{ name: a, provider: openai, secret: "{key}" }] }, deny: is not env',
      'kind: environment, name: a key in a proxy, env: { HTTPS_PROXY: "http://u:{key}@{sink}" }, allow: ok',
    ),
  )
  expect(verdicts.map(({ wrong }) => wrong)).toEqual([null, null])
  expect(JSON.stringify(verdicts)).not.toMatch(/sk-[A-Za-z0-9]{10}/)
  expect(JSON.stringify(verdicts)).toContain('{key}')
})
