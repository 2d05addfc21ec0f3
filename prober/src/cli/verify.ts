import { CodedError } from '@llmstatus/shared/errors'
import { keyFromJwk, PublicJwk, type VerifyingKey } from '@llmstatus/shared/identity'
import { type ExportReport, type TrustedKeys, verifyExport } from '@llmstatus/shared/ledger-report'
import { z } from 'zod'
import { noIdentityIn } from '../report/join.ts'
import { peekState } from '../spool/state.ts'
import type { Command, Given } from './command.ts'
import type { Shell } from './shell.ts'
import { ledgerText } from './verify-text.ts'

export const verify: Command = {
  name: 'verify',
  summary: 'reads an export of the ledger and checks every signature, digest, link and receipt in it',
  about: [
    "What the aggregator stores of this prober, as it exports it: one JSON object a line, `{jws, body, received_at, receipt}`; `-` reads it from stdin. Checked against this prober's own keys and the aggregator that it has pinned, or on any machine against the public keys that --key and --aggregator-key name.",
    'Exits with 0 where all of it holds, 1 where something does not (it says which number, and what), 2 where it is no export.',
  ],
  flags: [
    {
      name: 'key',
      takes: 'FILE',
      summary: "the prober's public keys (JWK or JWKS), in place of this one's; may stand more than once",
    },
    {
      name: 'aggregator-key',
      takes: 'FILE',
      summary: "the aggregator's; with --key and without this, receipts are not looked at",
    },
    { name: 'json', summary: 'as one JSON object' },
  ],
  words: 'FILE',
  example: 'llmstatus-prober verify ledger.ndjson',
  run: async (shell, flags, given) => {
    const [file, ...more] = given.words
    if (file === undefined || more.length > 0)
      throw new CodedError('usage', 'verify wants one FILE, or - for stdin.', { hint: verify.example })
    const { trusted, acknowledged } = await keysFor(shell, given)
    const report = await readExport(shell, file, trusted)
    if (flags.has('json')) shell.out(`${JSON.stringify({ ...report, acknowledged })}\n`)
    if (report.unreadable !== null) throw notAnExport(file, report.unreadable.line)
    if (report.records === 0 && report.broken === null) throw notAnExport(file, null)
    if (!flags.has('json')) shell.out(ledgerText(report, acknowledged))
    return report.broken === null ? 0 : 1
  },
}

/** Whom we believe, and the last number that we have a receipt for ourselves. */
interface Believed {
  readonly trusted: TrustedKeys
  readonly acknowledged: number | null
}

const keysFor = async (shell: Shell, given: Given): Promise<Believed> => {
  const read = async (flag: string) => (await Promise.all(given.values(flag).map(path => keysIn(shell, path)))).flat()
  const [keys, theirs] = [await read('key'), await read('aggregator-key')]
  if (keys.length > 0)
    return { trusted: { prober: null, keys, aggregators: theirs.length === 0 ? null : theirs }, acknowledged: null }
  return ownKeys(shell, theirs)
}

const ownKeys = async (shell: Shell, theirs: readonly VerifyingKey[]): Promise<Believed> => {
  const { dataDir } = await shell.settings()
  const identity = await shell.identity(dataDir)
  if (identity === null) throw noIdentityIn(dataDir)
  const { prober, former, key, successor, aggregator } = identity
  const keys = [...former, key, ...(successor === null ? [] : [successor])]
  const pinned = [...aggregator.former, aggregator.key, ...(aggregator.next === null ? [] : [aggregator.next])]
  const state = await peekState(shell.files(`${dataDir}/spool`))
  const trusted = { prober, keys, aggregators: theirs.length === 0 ? pinned : theirs }
  return { trusted, acknowledged: state?.prober === prober ? state.head.seq : null }
}

/** One JWK, or a set of them. */
const KeyFile = z.union([
  PublicJwk.transform(jwk => [jwk]),
  z.object({ keys: z.array(PublicJwk).min(1) }).transform(({ keys }) => keys),
])

const keysIn = async (shell: Shell, path: string): Promise<readonly VerifyingKey[]> => {
  const jwks = KeyFile.safeParse(readJson(readText(shell, path)))
  if (jwks.success) return Promise.all(jwks.data.map(keyFromJwk))
  throw new CodedError('usage', `${path} is no public key.`, {
    hint: 'It is a JWK: {"kty":"OKP","crv":"Ed25519","x":"…"}. `llmstatus-prober identity --jwks` prints those of a prober.',
  })
}

const readJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const readText = (shell: Shell, path: string): string => {
  try {
    return shell.folder.readFile(path)
  } catch (cause) {
    throw unreadable(path, cause)
  }
}

const readExport = async (shell: Shell, file: string, trusted: TrustedKeys): Promise<ExportReport> => {
  try {
    return await verifyExport(shell.lines(file), trusted)
  } catch (cause) {
    if (cause instanceof Error && 'syscall' in cause) throw unreadable(file, cause)
    throw cause
  }
}

const unreadable = (path: string, cause: unknown): CodedError => {
  const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable'
  return new CodedError('usage', `${path} cannot be read (${reason}).`, { cause })
}

const notAnExport = (file: string, line: number | null): CodedError => {
  const name = file === '-' ? 'What came in' : file
  const message =
    line === null ? `${name} holds no record.` : `${name} is no export of a ledger, or was cut off: line ${line}.`
  return new CodedError('usage', message, {
    hint: 'An export has one JSON object a line, {jws, body, received_at, receipt}; the aggregator writes it.',
  })
}
