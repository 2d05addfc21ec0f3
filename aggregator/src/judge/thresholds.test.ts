import { expect, it } from 'vitest'
import { defaultPolicy } from './policy.ts'
import { type Measured, thresholdsOf } from './thresholds.ts'

const chat: Measured = { type: 'chat', kind: 'hosted', reasoning: false, sla: null, usual: null }

it('a chat is slow by its first token, and by its whole only where that was agreed', () => {
  expect(thresholdsOf(chat, defaultPolicy)).toEqual({
    firstTokenMs: 3_000,
    totalMs: null,
    perTokenMs: null,
    basis: 'general',
  })
  expect(thresholdsOf({ ...chat, sla: { ttfb_p95_ms: 900, total_p95_ms: 5_000 } }, defaultPolicy)).toEqual({
    firstTokenMs: 900,
    totalMs: 5_000,
    perTokenMs: null,
    basis: 'known',
  })
})

it('a listing is slow by its whole', () => {
  expect(thresholdsOf({ ...chat, type: 'reachability' }, defaultPolicy)).toEqual({
    firstTokenMs: null,
    totalMs: 3_000,
    basis: 'general',
  })
})

it('the reference is never slow: it is the monitor itself', () => {
  expect(thresholdsOf({ ...chat, type: 'reference' }, defaultPolicy)).toEqual({
    firstTokenMs: null,
    totalMs: null,
    basis: 'general',
  })
})

it('a floor of tokens per second is a time between two tokens', () => {
  expect(thresholdsOf({ ...chat, sla: { tps_p50_min: 40 } }, defaultPolicy)).toMatchObject({ perTokenMs: 25 })
})
