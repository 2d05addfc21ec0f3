import type { Attempted, Failure } from '../transport/attempt.ts'

/** Nothing was asked: of the endpoint that is measured there is nothing to tell but why. */
export const notAsked = (why: Partial<Pick<Attempted, 'refusal' | 'failure'>>): Attempted => ({
  stamps: { dns: null, tcp: null, tls: null, sent: null, firstByte: null, lastByte: null },
  head: null,
  refusal: null,
  failure: null,
  certificateEndsMs: null,
  ...why,
})

/** Somebody stopped it before it began. */
export const calledOff: Failure = { operation: 'send', errno: 'ECANCELED' }
