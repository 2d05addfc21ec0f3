/** What any program needs from the machine: no key, and no setting of ours. */
const system =
  /^(PATH|HOME|USER|LOGNAME|SHELL|TMPDIR|TEMP|TMP|TZ|LANG|LC_.*|TERM|COLORTERM|CI|NO_COLOR|FORCE_COLOR|COLUMNS|SSL_CERT_(FILE|DIR)|NODE_EXTRA_CA_CERTS|SystemRoot)$/

export const systemEnvironment = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => system.test(name)))
