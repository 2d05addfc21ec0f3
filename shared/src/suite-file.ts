import { z } from 'zod'
import { Cadence, ChatRequest, Connection, Expected } from './definition.ts'
import { Slug } from './ids.ts'
import { providerKinds } from './provider-file.ts'

/**
 * A suite is what runs for every provider without anybody writing a definition, probe-definitions/suites/<id>.yaml. It
 * names no provider and no model: it runs on each provider of the kinds it lists, chats with its default model, and
 * embeds with its first model that has the dialect of its embeddings.
 */

const askedTypes: ReadonlySet<string> = new Set(['chat', 'embeddings'])

const SuiteProbe = z
  .strictObject({
    name: Slug,
    probe_type: z.enum(['reachability', 'chat', 'embeddings']),
    kinds: z.array(z.enum(providerKinds)).min(1),
    request: ChatRequest.optional(),
    expected: Expected.optional(),
    timeout_ms: z.int().min(100).max(600_000),
    every: Cadence,
    stream: z.boolean().optional(),
    connection: Connection.optional(),
  })
  .refine(probe => askedTypes.has(probe.probe_type) === (probe.request !== undefined), {
    path: ['request'],
    error: 'belongs to a chat or an embeddings probe, and each of them has one',
  })
export type SuiteProbe = z.infer<typeof SuiteProbe>

export const SuiteFile = z.strictObject({
  id: Slug,
  /** Suites whose probes belong to this one too. */
  includes: z.array(Slug).optional(),
  probes: z.array(SuiteProbe).min(1),
})
export type SuiteFile = z.infer<typeof SuiteFile>

/** Which providers `LLMSTATUS_KEYLESS=major` reaches out to without a key. */
export const KeylessFile = z.strictObject({ id: z.literal('keyless'), major: z.array(Slug).min(1) })
export type KeylessFile = z.infer<typeof KeylessFile>
