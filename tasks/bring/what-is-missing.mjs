import { existsSync, statfsSync } from 'node:fs'

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

const neededBytes = 600e6

/** npm ends without a word when the disk is full, so we look ourselves. */
const fullDisk = folders => folders.find(folder => existsSync(folder) && freeBytes(folder) < neededBytes)

const freeBytes = folder => {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize
}

/** @param {string} what @param {string} output @param {string[]} folders where it writes */
export const cannotGoOn = (what, output, folders) => {
  const reason = whatIsMissing(output)
  if (reason !== undefined) return new CannotGoOn(`${what} failed. ${reason}`)
  const full = fullDisk(folders)
  if (full !== undefined)
    return new CannotGoOn(`${what} failed. The disk of ${full} is nearly full: free 600 MB and run it again.`)
  const tail = output.trim().split('\n').slice(-12).join('\n')
  return new CannotGoOn(`${what} failed${tail === '' ? ' without a word; its log is in ~/.npm/_logs.' : `:\n${tail}`}`)
}
