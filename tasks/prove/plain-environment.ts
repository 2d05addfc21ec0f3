/**
 * What a test run sees of the person's environment: enough to work, no key and no setting of ours, so that a test
 * neither asks a real provider nor depends on somebody's .env.
 */
const wanted =
  /^(PATH|HOME|USER|LOGNAME|SHELL|TMPDIR|TEMP|TMP|TZ|LANG|LC_.*|TERM|COLORTERM|CI|NO_COLOR|FORCE_COLOR|COLUMNS|SSL_CERT_(FILE|DIR)|NODE_EXTRA_CA_CERTS|DOCKER_HOST|TEST_.*|SystemRoot)$/

export const plainEnvironment = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => wanted.test(name)))
