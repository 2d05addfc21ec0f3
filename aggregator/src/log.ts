import { prettyLine } from '@llmstatus/shared/log-line'
import { type Logger, pino } from 'pino'

export interface LogTarget {
  readonly write: (text: string) => void
  /** lines: JSON for machines · pretty: a person is reading */
  readonly form: 'lines' | 'pretty'
}

/** The second net: a secret prints as [secret] by itself, and what looks like one is taken out here. */
const redacted = ['authorization', 'token', 'password', 'secret', 'seed'].flatMap(name => [name, `*.${name}`])

export const createLog = (level: string, target: LogTarget): Logger =>
  pino(
    { level, base: null, redact: { paths: redacted, censor: '[secret]' } },
    { write: line => target.write(target.form === 'pretty' ? `${prettyLine(line)}\n` : line) },
  )
