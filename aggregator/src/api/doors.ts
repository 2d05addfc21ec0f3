import { contentType } from '@llmstatus/shared/batch'
import { definitionsPath, definitionsType } from '@llmstatus/shared/definition-set'
import { z } from 'zod'
import type { Operation } from './route.ts'

const Time = z.iso.datetime({ error: 'is not a time in UTC such as 2026-11-20T12:00:00Z' })
export const ledgerPathSchema = z.strictObject({
  prober: z.string().min(1).max(128).describe('By its id or its name'),
})
export const ledgerQuerySchema = z.strictObject({
  from: Time.optional().describe('Received at this instant or later'),
  to: Time.optional().describe('Received before this instant'),
  after_seq: z
    .string()
    .regex(/^\d{1,15}$/, 'is not a number')
    .optional()
    .describe('To go on behind this record'),
})

export const ledgerDescribed = {
  method: 'GET',
  path: '/api/v1/ledger/{prober}',
  access: 'read',
  tag: 'results',
  summary: 'The signed batches of a prober as they came: one JSON object a line, for `llmstatus-prober verify`',
  inPath: ledgerPathSchema,
  inQuery: ledgerQuerySchema,
  answers: { 200: { description: '{jws, body, received_at, receipt}', schema: null, type: 'application/x-ndjson' } },
  problems: ['bad_request', 'sign_in_required', 'not_found', 'unavailable'],
} as const satisfies Operation

/** The routes of other rooms, for the documentation: what a prober and a health check ask. They are registered there. */
export const doors: readonly Operation[] = [
  ledgerDescribed,
  {
    method: 'GET',
    path: '/healthz',
    access: 'door',
    tag: 'health',
    summary: 'This process answers',
    answers: { 200: { description: 'It does', schema: 'Health' } },
    problems: [],
  },
  {
    method: 'GET',
    path: '/readyz',
    access: 'door',
    tag: 'health',
    summary: 'Its database answers too, and has the schema it needs',
    answers: { 200: { description: 'It does', schema: 'Health' } },
    problems: ['unavailable'],
  },
  {
    method: 'POST',
    path: '/api/v1/enrol',
    access: 'door',
    tag: 'probers',
    summary: 'A new prober shows its token and its key: a General JWS, application/jose+json',
    answers: {
      200: { description: 'The same answer again, signed', schema: 'Enrolled' },
      201: { description: 'Enrolled; the answer is signed by the key that the token names', schema: 'Enrolled' },
    },
    problems: [
      'bad_request',
      'token_invalid',
      'token_used',
      'name_taken',
      'too_large',
      'unsupported_media_type',
      'rate_limited',
      'busy',
      'unavailable',
    ],
  },
  {
    method: 'GET',
    path: '/api/v1/enrol/{id}',
    access: 'door',
    tag: 'probers',
    summary: 'Whether a prober was approved',
    inPath: z.strictObject({ id: z.uuid() }),
    answers: { 200: { description: 'Its state', schema: 'EnrolState' } },
    problems: ['not_found', 'rate_limited', 'unavailable'],
  },
  {
    method: 'GET',
    path: definitionsPath,
    access: 'door',
    tag: 'probers',
    summary: 'What probers are offered to run: signed, for a prober that signs its question (Bearer llmstatus-req+jwt)',
    answers: {
      200: { description: 'A General JWS', schema: 'DefinitionSet', type: definitionsType },
      304: { description: 'The set that If-None-Match names', schema: null },
    },
    problems: [
      'not_signed',
      'unknown_key',
      'not_approved',
      'revoked',
      'quarantined',
      'not_found',
      'rate_limited',
      'unavailable',
    ],
  },
  {
    method: 'POST',
    path: '/api/v1/batches',
    access: 'door',
    tag: 'probers',
    summary: `A signed batch of results: ${contentType}, with its JWS in the header Batch-JWS`,
    answers: {
      200: { description: 'The same batch again: the same receipt', schema: 'Receipt' },
      201: { description: 'Stored; the receipt is signed', schema: 'Receipt' },
    },
    problems: [
      'bad_request',
      'unknown_key',
      'not_approved',
      'revoked',
      'quarantined',
      'gap',
      'fork',
      'too_large',
      'unsupported_media_type',
      'bad_signature',
      'bad_claims',
      'digest_mismatch',
      'bad_gzip',
      'rate_limited',
      'busy',
      'unavailable',
    ],
  },
]

export const doorSchemas = {
  Health: z.strictObject({ status: z.enum(['ok', 'ready']) }),
  Enrolled: z.looseObject({ answer: z.string().describe('A compact JWS: {prober_id, state, thumbprint}') }),
  DefinitionSet: z.strictObject({
    payload: z.string().describe('base64url JSON: {v, version, expires, definitions}'),
    signatures: z.array(z.strictObject({ protected: z.string(), signature: z.string() })),
  }),
  EnrolState: z.strictObject({ state: z.enum(['pending', 'approved', 'revoked', 'quarantined']) }),
  Receipt: z.strictObject({
    seq: z.int().min(1),
    receipt: z.string().describe('A compact JWS over the hash of the batch'),
    rejected: z.array(z.looseObject({ line: z.int().min(1), reason: z.string() })),
  }),
} as const
