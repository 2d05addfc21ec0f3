import { prettyLine } from '@llmstatus/shared/log-line'
import { type DestinationStream, type Logger, pino } from 'pino'

/** What the rooms may say: a line a state change, fields first, then words. */
export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>

export interface LogOptions {
  readonly level: string
  readonly out: { readonly write: (text: string) => void }
  /** For a person at a terminal; else one JSON object a line. */
  readonly form: 'pretty' | 'json'
}

/** Secrets print as [secret] by themselves; these paths are the second net. */
const redact = { paths: ['authorization', '*.authorization', 'seed', '*.seed', 'token', '*.token'], censor: '[secret]' }

export const createLog = ({ level, out, form }: LogOptions): Logger => {
  const destination: DestinationStream = {
    write: line => {
      out.write(form === 'pretty' ? `${prettyLine(line)}\n` : line)
    },
  }
  return pino({ level, redact, base: { name: 'prober' } }, destination)
}
