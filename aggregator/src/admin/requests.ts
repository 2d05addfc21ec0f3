import { CodedError } from '@llmstatus/shared/errors'
import { Instant } from '@llmstatus/shared/ids'
import { describe } from '@llmstatus/shared/strict'
import { z } from 'zod'
import { moveNames } from './prober-states.ts'

/** What goes over the control socket. Both ends are the same version, or nearly: what is not known is an error. */
const Prober = z.string().min(1).max(64)

const AdminRequest = z.discriminatedUnion('ask', [
  z.strictObject({
    ask: z.literal('create_token'),
    ttl_ms: z
      .int()
      .min(1000)
      .max(366 * 86_400_000),
    approval: z.enum(['by_hand', 'automatic']),
  }),
  z.strictObject({ ask: z.literal('probers') }),
  z.strictObject({ ask: z.literal('move'), prober: Prober, move: z.enum(moveNames) }),
  z.strictObject({ ask: z.literal('keys') }),
  z.strictObject({ ask: z.literal('rotate_key') }),
  z.strictObject({ ask: z.literal('definitions') }),
  z.strictObject({ ask: z.literal('add_definition'), text: z.string(), file: z.string().max(4096) }),
  z.strictObject({
    ask: z.literal('remove_definition'),
    name: z.string().max(64),
    provider: z.string().max(64).nullable(),
    model: z.string().max(128).nullable(),
  }),
  z.strictObject({
    ask: z.literal('ledger_page'),
    prober: Prober,
    after_seq: z.int().min(0),
    from: Instant.nullable(),
    to: Instant.nullable(),
  }),
  z.strictObject({ ask: z.literal('incidents') }),
  z.strictObject({ ask: z.literal('note_incident'), incident: z.string().min(1).max(64), text: z.string().max(8_192) }),
  z.strictObject({ ask: z.literal('verify_ledger'), prober: Prober.nullable() }),
  z.strictObject({ ask: z.literal('copy_database') }),
  z.strictObject({ ask: z.literal('replayable') }),
  z.strictObject({
    ask: z.literal('replay'),
    provider: z.string().max(64),
    kind: z.enum(['hosted', 'gateway', 'self_hosted']),
    policy: z.string(),
    file: z.string().max(4096),
    from: Instant,
    to: Instant,
    outcomes: z.enum(['as_stored', 'classified_again']),
  }),
])
export type AdminRequest = z.infer<typeof AdminRequest>

export const parseRequest = (value: unknown): AdminRequest => {
  const request = AdminRequest.safeParse(value)
  if (request.success) return request.data
  throw new CodedError('usage', `The running server does not know this request (${describe(request.error)}).`, {
    hint: 'Use the command of the same version as the server.',
  })
}
