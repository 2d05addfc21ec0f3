import { CodedError } from '@llmstatus/shared/errors'
import { Instant } from '@llmstatus/shared/ids'
import type { Admin } from '../admin/admin.ts'
import { errnoOf } from '../config/files.ts'
import { readSettings } from '../config/settings.ts'
import type { Command } from './command.ts'
import type { Shell } from './shell.ts'
import { requireData, withAdmin } from './with-admin.ts'

export const ledgerExport: Command = {
  name: 'ledger export',
  usage: '[--prober PROBER] [--from TIME] [--to TIME] [--out FILE]',
  summary: 'The signed batches of one prober, for `llmstatus-prober verify`: one JSON object a line',
  options: { prober: { type: 'string' }, from: { type: 'string' }, to: { type: 'string' }, out: { type: 'string' } },
  words: [0, 0],
  examples: [
    'llmstatus-aggregator ledger export --prober frankfurt-1 --out ledger.ndjson',
    'llmstatus-aggregator ledger export --from 2026-11-01 --to 2026-12-01T00:00:00.000Z',
  ],
  run: async (shell, given) => {
    const settings = readSettings(shell.env, shell.files.read)
    requireData(shell, settings)
    const between = { from: readTime(given.text('from'), '--from'), to: readTime(given.text('to'), '--to') }
    const write = writerOf(shell, given.text('out'))
    const records = await withAdmin(shell, settings, async admin => {
      const prober = await chosen(admin, given.text('prober'))
      let count = 0
      for (let after_seq: number | null = 0; after_seq !== null; ) {
        const page = await admin.ledgerPage({ prober, after_seq, ...between })
        for (const line of page.lines) write(line)
        count += page.lines.length
        after_seq = page.last_seq
      }
      return count
    })
    shell.err(`${records} records\n`)
    return 0
  },
}

/** A chain is one prober's, so an export is too. */
const chosen = async (admin: Admin, prober: string | null): Promise<string> => {
  if (prober !== null) return prober
  const all = await admin.probers()
  const [only] = all
  if (only !== undefined && all.length === 1) return only.id
  throw new CodedError('usage', `There are ${all.length} probers, and an export is of one.`, {
    hint: all.length === 0 ? undefined : `Say which with --prober: ${all.map(each => each.name).join(', ')}`,
  })
}

/** A day begins at midnight UTC. */
const readTime = (text: string | null, option: string): string | null => {
  if (text === null) return null
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00.000Z` : text
  const seconds = day.replace(/(:\d{2})Z$/, '$1.000Z')
  const time = Instant.safeParse(seconds)
  if (time.success) return time.data
  throw new CodedError(
    'usage',
    `${option}: ${text} is not a day or a time in UTC, such as 2026-11-20 or 2026-11-20T12:00:00Z.`,
  )
}

const writerOf = ({ files, out }: Shell, path: string | null): ((line: string) => void) => {
  if (path === null) return out
  try {
    files.write(path, '')
  } catch (cause) {
    throw new CodedError('usage', `--out: ${path} cannot be written (${errnoOf(cause)}).`, { cause })
  }
  return line => files.append(path, line)
}
