import { type ClassifyFacts, classify } from '@llmstatus/shared/classify'
import type { Outcome } from '@llmstatus/shared/outcome'
import type { ArchivedResult } from './archive.ts'

/** The outcome by the table of today, from what was measured then. */
export const outcomeNow = (row: ArchivedResult): Outcome => classify(factsOf(row))

/** The columns hold what the line said: closed lists, checked on arrival. */
const factsOf = (row: ArchivedResult): ClassifyFacts => ({
  dialect: row.dialect,
  type: row.type,
  keyed: row.keyed,
  timeout_ms: row.timeout_ms,
  http_status: row.http_status,
  errno: row.errno,
  operation: row.operation as ClassifyFacts['operation'],
  signal: row.signal,
  finish: row.finish as ClassifyFacts['finish'],
  content: row.content as ClassifyFacts['content'],
  uncertainty_us: row.uncertainty_us,
  us: {
    dns: row.dns_us,
    tcp: row.tcp_us,
    tls: row.tls_us,
    sent: row.sent_us,
    first_byte: row.first_byte_us,
    first_token: row.first_token_us,
    first_visible: row.first_visible_us,
    last_byte: row.last_byte_us,
  },
})
