import { CodedError } from '@llmstatus/shared/errors'
import type { Admin, DifferenceView, ReplayView } from '../admin/admin.ts'
import { infoOf } from '../api/providers.ts'
import { readSettings } from '../config/settings.ts'
import { spanOf } from '../incident/sentence.ts'
import { readCatalogue } from './catalogue.ts'
import type { Command, Given } from './command.ts'
import { policyOf } from './policy-of.ts'
import type { Shell } from './shell.ts'
import { requireData, withAdmin } from './with-admin.ts'

export const replay: Command = {
  name: 'replay',
  usage: '--policy FILE [--from TIME] [--to TIME] [--reclassify] [--json]',
  summary: 'Judge what is stored again by another policy, and say which incidents would have been others',
  options: {
    policy: { type: 'string' },
    from: { type: 'string' },
    to: { type: 'string' },
    reclassify: { type: 'boolean' },
    json: { type: 'boolean' },
  },
  words: [0, 0],
  examples: [
    'llmstatus-aggregator replay --policy calmer.yaml',
    'llmstatus-aggregator replay --policy calmer.yaml --from 2026-11-01 --to 2026-11-08T12:00Z --reclassify --json',
  ],
  run: async (shell, given) => {
    const settings = readSettings(shell.env, shell.files.read)
    const file = given.text('policy')
    if (file === null)
      throw new CodedError('usage', 'replay needs --policy FILE.', {
        hint: 'See replay --help; demo.policy.yaml is one.',
      })
    // Before anything is asked: a mistake in the file is told at once.
    policyOf(shell.files, { policyFile: file })
    const wish = { policy: shell.files.read(file), file, ...timesOf(given, shell.clock.nowMs()), ...outcomesOf(given) }
    requireData(shell, settings)
    return withAdmin(shell, settings, admin => replayAll(shell, admin, { wish, asJson: given.flag('json') }))
  },
}

interface Wish {
  readonly policy: string
  readonly file: string
  /** Null: from the first result on. */
  readonly from: string | null
  readonly to: string
  readonly outcomes: 'as_stored' | 'classified_again'
}

const outcomesOf = (given: Given): Pick<Wish, 'outcomes'> => ({
  outcomes: given.flag('reclassify') ? 'classified_again' : 'as_stored',
})

const timesOf = (given: Given, nowMs: number): Pick<Wish, 'from' | 'to'> => {
  const from = given.text('from')
  const to = given.text('to')
  const times = {
    from: from === null ? null : timeOf('--from', from),
    to: to === null ? new Date(nowMs).toISOString() : timeOf('--to', to),
  }
  if (times.from !== null && times.from >= times.to)
    throw new CodedError('usage', `--from ${times.from} is not before ${times.to}.`)
  return times
}

const timeOf = (option: string, text: string): string => {
  const ms = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN
  if (!Number.isNaN(ms)) return new Date(ms).toISOString()
  throw new CodedError('usage', `${option} ${text} is no time.`, { hint: 'As in 2026-11-20 or 2026-11-20T10:42Z.' })
}

const replayAll = async (
  shell: Shell,
  admin: Admin,
  { wish, asJson }: { readonly wish: Wish; readonly asJson: boolean },
): Promise<number> => {
  const { providers, from: first } = await admin.replayable()
  const from = wish.from ?? first
  if (from === null || from >= wish.to) {
    shell.err('There is no result in this time.\n')
    return 0
  }
  const catalogue = readCatalogue(shell.files, shell.providers)
  const all: ReplayView[] = []
  for (const [at, provider] of providers.entries()) {
    shell.err(`${at + 1} of ${providers.length}: ${provider}\n`)
    const { name, kind } = infoOf(catalogue, provider)
    const view = await admin.replay({ ...wish, from, provider, kind })
    all.push(view)
    if (asJson) sayJson(shell, provider, view)
    else for (const each of view.differences) if (each.is !== 'same') shell.out(`${sentenceOf(name, each)}\n`)
  }
  if (!asJson) shell.out(`${summaryOf(all)}\n`)
  return 0
}

const sayJson = (shell: Shell, provider: string, { differences, ...counts }: ReplayView): void => {
  for (const each of differences) shell.out(`${JSON.stringify({ provider, ...each })}\n`)
  shell.out(`${JSON.stringify({ provider, is: 'counted', ...counts })}\n`)
}

export const sentenceOf = (name: string, { was, now, opens_s, resolves_s }: DifferenceView): string => {
  const which = was ?? now
  const at = `${(which?.opened_at ?? '').slice(0, 16).replace('T', ' ')} UTC`
  const about = `${name}, ${at} (${which?.impact}, ${which?.reason})`
  if (was === null) return `${about}: would have opened`
  if (now === null) return `${about}: would not have opened`
  const changes = [
    shift('opened', opens_s),
    was.resolved_at !== null && now.resolved_at === null ? 'not resolved yet' : shift('resolved', resolves_s),
    was.resolved_at === null && now.resolved_at !== null ? 'resolved already' : null,
    was.impact === now.impact ? null : `${now.impact} instead of ${was.impact}`,
  ]
  return `${about}: ${changes.filter(change => change !== null).join(', ')}`
}

const shift = (what: string, laterS: number | null): string | null =>
  laterS === null || laterS === 0
    ? null
    : `${what} ${spanOf(Math.abs(laterS) * 1000)} ${laterS < 0 ? 'earlier' : 'later'}`

const summaryOf = (all: readonly ReplayView[]): string => {
  const differences = all.flatMap(view => view.differences)
  const count = (is: DifferenceView['is']) => differences.filter(each => each.is === is).length
  const results = all.reduce((sum, view) => sum + view.results, 0)
  const moved = all.flatMap(view => Object.values(view.reclassified)).reduce((sum, n) => sum + n, 0)
  const incidents = `${count('same')} as they were, ${count('changed')} changed, ${count('opened')} more, ${count('not_opened')} fewer`
  return `${results} results; incidents: ${incidents}${moved === 0 ? '' : `; ${moved} results have another outcome today`}`
}
