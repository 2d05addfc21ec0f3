import { outcomeCodes } from '@llmstatus/shared/outcome'
import { z } from 'zod'
import { impacts } from '../incident/incident.ts'
import { failingStates, reasons } from '../judge/state.ts'
import { Time } from './status-schema.ts'

/** What the API says of an incident. */

const Place = z.strictObject({ model: z.string().nullable(), probe: z.string() })

const fields = {
  id: z.uuid(),
  provider: z.string(),
  provider_name: z.string(),
  status: z.enum(['open', 'resolved']),
  state: z.enum(failingStates).describe("The provider's last failing state in it"),
  impact: z.enum(impacts).describe('The worst it was'),
  impact_now: z.enum(impacts).nullable().describe('How bad it is now; null when it is over'),
  reason: z.enum(reasons),
  opened_at: Time,
  resolved_at: Time.nullable(),
  scope: z.array(Place).describe('Every endpoint that failed in it'),
  text: z.string().nullable().describe('What happened, in a sentence'),
}

export const Incident = z.strictObject(fields)
export type Incident = z.infer<typeof Incident>

const eventKinds = ['opened', 'impact', 'eased', 'scope', 'state', 'resolved', 'reopened', 'note'] as const

const Evidence = z.record(z.string(), z.unknown()).nullable().describe('The verdict at that time, endpoint by endpoint')

export const IncidentEvent = z.strictObject({
  n: z.int().min(1),
  at: Time,
  kind: z.enum(eventKinds),
  text: z.string(),
  evidence: Evidence,
})
export type IncidentEvent = z.infer<typeof IncidentEvent>

const Sample = z.strictObject({
  n: z.int().min(0),
  outcomes: z.partialRecord(z.enum(outcomeCodes), z.int().min(1)),
  p50_ms: z.number().min(0).nullable(),
  p95_ms: z
    .number()
    .min(0)
    .nullable()
    .describe('To the first token where there is one, else to the end; of those that were ok'),
})
const Span = z.strictObject({ from: Time, to: Time })

const Measured = z.strictObject({
  before: Span.describe('An hour, up to five minutes before it opened'),
  during: Span.describe('At most its first day'),
  endpoints: z.array(
    z.strictObject({
      model: z.string().nullable(),
      probe: z.string(),
      vantages: z.array(z.strictObject({ vantage: z.string(), before: Sample, during: Sample })),
    }),
  ),
})

export const IncidentList = z.strictObject({ incidents: z.array(Incident).describe('Newest first') })
export const IncidentDetail = z.strictObject({
  ...fields,
  evidence: Evidence.describe('What it was opened on'),
  measured: Measured.nullable().describe('Before and during it, from each vantage; frozen when it closes'),
  timeline: z.array(IncidentEvent).describe('Oldest first'),
})
