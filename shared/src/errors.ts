/**
 * Three kinds of failure, and no fourth: an outcome is data (outcome.ts); a CodedError tells the operator what to do;
 * anything else is a bug and crashes.
 */

/** What a command exits with when a CodedError ends it. Configuration and usage are always 2. */
export const errorCodes = {
  usage: { exit: 2, meaning: 'The command line is wrong.' },
  config_invalid: { exit: 2, meaning: 'A configuration file or environment variable is wrong.' },
  secret_unreadable: { exit: 2, meaning: 'A secret file cannot be read.' },
  port_taken: { exit: 2, meaning: 'Another program listens on the port.' },
  data_dir_unusable: { exit: 2, meaning: 'The data folder cannot be written.' },
  data_dir_locked: { exit: 2, meaning: 'Another process uses the data folder.' },
  token_invalid: { exit: 2, meaning: 'The enrolment token is malformed, unknown or expired.' },
  token_used: { exit: 2, meaning: 'The enrolment token was used by another prober.' },
  name_taken: { exit: 2, meaning: 'Another prober has this name.' },
  not_enrolled: { exit: 2, meaning: 'There is no identity yet and no token to get one.' },
  aggregator_unreachable: { exit: 2, meaning: 'The aggregator does not answer.' },
  aggregator_untrusted: { exit: 2, meaning: 'The answer is not signed by the aggregator that was pinned.' },
  database_unreachable: { exit: 2, meaning: 'The database does not answer, or lets nobody in like this.' },
  database_unfit: { exit: 2, meaning: 'The database is too old, cannot be written, or does not let us make tables.' },
  schema_newer: { exit: 2, meaning: 'The database belongs to a newer version.' },
  schema_older: { exit: 2, meaning: 'The database belongs to an older version and was not migrated.' },
  schema_changed: { exit: 2, meaning: 'The database was made with another text of a migration.' },
  key_mismatch: { exit: 2, meaning: 'The database belongs to an aggregator with another key.' },
  archive_unusable: {
    exit: 2,
    meaning: 'The archive is damaged, newer than this program, or under another passphrase.',
  },
  database_not_empty: { exit: 2, meaning: 'There is a database where one should be restored.' },
  database_in_use: { exit: 2, meaning: 'Somebody else works on the database at this moment.' },
  disk_full: { exit: 2, meaning: 'There is not enough room on the disk.' },
  egress_unsafe: { exit: 2, meaning: 'The process was started in a way that would let a key leave.' },
  nothing_to_run: { exit: 2, meaning: 'No probe is configured.' },
} as const satisfies Record<string, { exit: number; meaning: string }>

export type ErrorCode = keyof typeof errorCodes

/** For the operator: what is wrong, where, and what to do about it. */
export class CodedError extends Error {
  override readonly name = 'CodedError'
  readonly code: ErrorCode
  readonly hint: string | undefined

  constructor(code: ErrorCode, message: string, options: { hint?: string | undefined; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.hint = options.hint
  }

  get exit(): number {
    return errorCodes[this.code].exit
  }
}

/** The one line a person reads: what, then what to do. */
export const explain = (error: CodedError): string =>
  error.hint === undefined ? error.message : `${error.message}\n  → ${error.hint}`

export const unreachable = (value: never): never => {
  throw new Error(`unreachable: ${JSON.stringify(value)}`)
}
