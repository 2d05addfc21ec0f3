import { genesis } from '@llmstatus/shared/batch'
import { sha256 } from '@llmstatus/shared/ids'
import { describe, expect, test } from 'vitest'
import type { HttpAnswer } from './door.ts'
import { remedyFor } from './remedy.ts'

const nowMs = Date.UTC(2026, 0, 1)
const answer = (status: number, json: HttpAnswer['json'], over: Partial<HttpAnswer> = {}): HttpAnswer => ({
  ok: true,
  status,
  json,
  retryAfter: null,
  date: null,
  sentMs: nowMs,
  receivedMs: nowMs,
  ...over,
})
const head = sha256('head')

type Case = readonly [name: string, answer: HttpAnswer, remedy: unknown]

const cases: readonly Case[] = [
  ['a receipt is tried', answer(201, { seq: 7, receipt: 'r', rejected: [] }), { do: 'settle', receipt: 'r' }],
  ['the same again is as good', answer(200, { seq: 7, receipt: 'r' }), { do: 'settle', rejected: [] }],
  ['a receipt for another record is not', answer(200, { seq: 6, receipt: 'r' }), { do: 'retry' }],
  ['a captive portal frees nothing', answer(200, null), { do: 'retry', why: 'status 200, and not from an aggregator' }],
  ['JSON without a receipt frees nothing', answer(200, { ok: true }), { do: 'retry' }],
  ['a redirect is not followed', answer(302, null), { do: 'retry' }],
  ['not approved waits', answer(403, { code: 'not_approved' }), { do: 'wait', code: 'not_approved' }],
  ['an unknown key waits', answer(401, { code: 'unknown_key' }), { do: 'wait', code: 'unknown_key' }],
  ["a proxy's 401 is only tried again", answer(401, null), { do: 'retry' }],
  [
    'a gap is believed',
    answer(409, { code: 'gap', expected_seq: 3, head }),
    { do: 'reposition', expectedSeq: 3, head },
  ],
  ['a gap from the beginning', answer(409, { code: 'gap', expected_seq: 1, head: genesis }), { do: 'reposition' }],
  ['a gap at or behind this record cannot be', answer(409, { code: 'gap', expected_seq: 7, head }), { do: 'retry' }],
  ['a beginning with a history cannot be', answer(409, { code: 'gap', expected_seq: 1, head }), { do: 'retry' }],
  ['a gap without a head says nothing', answer(409, { code: 'gap', expected_seq: 3 }), { do: 'retry' }],
  [
    'a fork stops, and where the other history stands is heard',
    answer(409, { code: 'fork', expected_seq: 3, head }),
    { do: 'stop', at: { expectedSeq: 3, head } },
  ],
  [
    'also a fork far ahead of us',
    answer(409, { code: 'fork', expected_seq: 99, head }),
    { do: 'stop', at: { expectedSeq: 99 } },
  ],
  ['a fork without a place stops too', answer(409, { code: 'fork' }), { do: 'stop', at: null }],
  ['a revoked prober waits', answer(403, { code: 'revoked' }), { do: 'wait', code: 'revoked' }],
  ['one in quarantine waits', answer(403, { code: 'quarantined' }), { do: 'wait', code: 'quarantined' }],
  ["a proxy's 403 is only tried again", answer(403, null), { do: 'retry' }],
  ['and so is a 401 with a code of somebody else', answer(401, { code: 'sign_in_required' }), { do: 'retry' }],
  ['what was not read as a batch is tried again', answer(415, { code: 'unsupported_media_type' }), { do: 'retry' }],
  ['what a header was lost of is tried again', answer(400, { code: 'bad_request' }), { do: 'retry' }],
  ['nothing there is tried again', answer(404, { code: 'not_found' }), { do: 'retry' }],
  ...[301, 303, 307, 308].map(status => [`a ${status} is not followed`, answer(status, null), { do: 'retry' }] as Case),
  ...(['bad_signature', 'digest_mismatch', 'bad_gzip'] as const).map(
    code => [`${code} is set aside`, answer(422, { code }), { do: 'refuse', code }] as Case,
  ),
  ["a proxy's 422 is not", answer(422, null), { do: 'retry' }],
  ['a 502 of a proxy is tried again', answer(502, null), { do: 'retry' }],
  ["somebody else's 409", answer(409, null), { do: 'retry' }],
  ['a refusal is set aside', answer(422, { code: 'bad_claims' }), { do: 'refuse', code: 'bad_claims' }],
  ['too large is set aside', answer(413, { code: 'too_large' }), { do: 'refuse', code: 'too_large' }],
  ["a proxy's 413 is not", answer(413, null), { do: 'retry' }],
  [
    'what is broken there is tried again',
    answer(500, { code: 'internal' }),
    { do: 'retry', why: 'status 500 internal' },
  ],
  ['busy says when', answer(503, null, { retryAfter: '7' }), { do: 'retry', afterMs: 7000 }],
  [
    'or until when',
    answer(429, null, { retryAfter: new Date(nowMs + 9000).toUTCString() }),
    { do: 'retry', afterMs: 9000 },
  ],
  ['nobody waits for ever', answer(429, null, { retryAfter: '999999' }), { do: 'retry', afterMs: 600_000 }],
  ['nor for nonsense', answer(429, null, { retryAfter: 'soon' }), { do: 'retry', afterMs: null }],
]

describe('what an answer asks for', () => {
  for (const [name, given, remedy] of cases)
    test(name, () => {
      expect(remedyFor(given, 7)).toMatchObject(remedy as object)
    })

  test('no answer is tried again', () => {
    expect(remedyFor({ ok: false, why: 'ECONNREFUSED' }, 7)).toEqual({
      do: 'retry',
      why: 'ECONNREFUSED',
      afterMs: null,
    })
  })
})
