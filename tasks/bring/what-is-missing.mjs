/** Turns a failed tool's output into one line that says what is missing and what to do. */

const known = [
  [/ENOSPC|no space left on device/i, 'The disk is full: free about 1 GB and run it again.'],
  [
    /EACCES|EPERM|permission denied/i,
    'A folder cannot be written (this one, or ~/.npm): mend its owner or rights and run it again.',
  ],
  [/EROFS|read-only file system/i, 'The disk is read-only: run it from a folder that can be written.'],
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|ECONNRESET|network|fetch failed|socket hang up/i,
    'No network to the package registry: connect, or set `registry`, `proxy` or `cafile` in ~/.npmrc, and run it again.',
  ],
  [
    /UNABLE_TO_(VERIFY_LEAF_SIGNATURE|GET_ISSUER_CERT)|SELF_SIGNED_CERT|CERT_/i,
    'The package registry shows a certificate that is not trusted here: set `cafile` in ~/.npmrc (or NODE_EXTRA_CA_CERTS) to your authority.',
  ],
  [/E401|E403|ERR_PNPM_FETCH_40[13]/, 'The package registry refuses us: check its credentials in ~/.npmrc.'],
  [
    /ERR_PNPM_OUTDATED_LOCKFILE|frozen-lockfile/i,
    'pnpm-lock.yaml does not fit a package.json: run `pnpm install` and commit the lockfile.',
  ],
  [
    /ERR_PNPM_IGNORED_BUILDS|Ignored build scripts/i,
    'A dependency has a build script nobody has decided on: allow or ignore it in pnpm-workspace.yaml.',
  ],
]

/** @param {string} output */
export const whatIsMissing = output => known.find(([pattern]) => pattern.test(output))?.[1]

/** An end that the person can mend: shown as one line, exit code 2. */
export class CannotGoOn extends Error {}

/** @param {string} what @param {string} output */
export const cannotGoOn = (what, output) => {
  const tail = output.trim().split('\n').slice(-12).join('\n')
  const reason = whatIsMissing(output)
  return new CannotGoOn(reason === undefined ? `${what} failed:\n${tail}` : `${what} failed. ${reason}`)
}
