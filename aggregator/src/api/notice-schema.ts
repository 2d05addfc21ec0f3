import { z } from 'zod'
import { blames } from '../judge/state.ts'
import { kindNames, severities } from '../notice/kinds.ts'
import { Time } from './status-schema.ts'

/** What the API says of a notice. */

export const Notice = z.strictObject({
  id: z.uuid(),
  kind: z.enum(kindNames),
  severity: z.enum(severities).describe('urgent: something is not watched until somebody acts'),
  blame: z.enum(blames).nullable().describe('Whose problem it is; null where it is nobody’s'),
  prober: z.strictObject({ id: z.uuid(), name: z.string() }).nullable(),
  provider: z.string().nullable(),
  provider_name: z.string().nullable(),
  model: z.string().nullable(),
  probe: z.string().nullable(),
  text: z.string().describe('What it is, in a sentence'),
  todo: z.string().describe('What to do about it'),
  first_seen: Time,
  last_seen: Time,
  cleared_at: Time.nullable(),
  details: z.record(z.string(), z.unknown()).describe('Numbers, words and names of models: what the sentence rests on'),
})
export type Notice = z.infer<typeof Notice>

export const NoticeList = z.strictObject({
  notices: z.array(Notice).describe('The most urgent first, then the newest'),
})
