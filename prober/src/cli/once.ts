import { nearest } from '@llmstatus/shared/did-you-mean'
import { CodedError } from '@llmstatus/shared/errors'
import { uuid7 } from '@llmstatus/shared/ids'
import { costOfOne } from '../config/cost.ts'
import { readDefinitions } from '../config/read-definitions.ts'
import type { ProberSettings } from '../config/settings.ts'
import { keyName } from '../once/key-name.ts'
import { type MeasureAllDeps, measureAll } from '../once/measure-all.ts'
import { plan } from '../once/plan.ts'
import { noProgress, showProgress } from '../once/progress.ts'
import { namesOf, select } from '../once/select.ts'
import { summary } from '../once/summary.ts'
import { type Measured, table } from '../once/table.ts'
import type { KeyNameOf } from '../once/words.ts'
import { wrap } from '../print/columns.ts'
import { painter } from '../print/paint.ts'
import type { Probe } from '../probe.ts'
import type { Command } from './command.ts'
import { saidFlags, saidIn } from './said.ts'
import type { Shell } from './shell.ts'

export const once: Command = {
  name: 'once',
  summary: 'measures everything once, now, and says what came of it',
  about: [
    'Needs no aggregator and no data folder, and keeps nothing. What it costs at most is said before it asks.',
    'Exits with 0 when all is well, 1 when something is not, 2 when the configuration is wrong or there is nothing to run.',
    'Ctrl-C: ends within a second, with what was measured until then.',
  ],
  flags: [
    { name: 'json', summary: 'the result lines, one JSON object a line, in place of the table' },
    {
      name: 'only',
      takes: 'GLOB',
      summary: "only these: a provider, a model, a probe, or a path such as openai/chat or 'openai/*/chat'",
    },
    ...saidFlags,
  ],
  example: "OPENAI_API_KEY=sk-… llmstatus-prober once --suite full --only 'openai*'",
  run: async (shell, flags, given) => {
    const settings = await shell.settings(saidIn(given))
    const probes = chosen(settings, given.values('only'))
    const isJson = flags.has('json')
    const aside = asideOn(shell)
    for (const note of settings.notes) aside(`note: ${note}`)
    aside(plan(probes, costOfOne(probes)))

    const startedMs = shell.nowMs()
    const isFree = shell.screen.err.isTerminal && !(isJson && shell.screen.out.isTerminal)
    const progress = isFree ? showProgress(shell, probes.length) : noProgress
    const measured = await measureNow(shell, probes, {
      ...progress,
      ended(probe, line) {
        progress.ended(probe)
        if (isJson && line !== null) shell.out(`${JSON.stringify(line)}\n`)
      },
    })
    progress.over()
    const closing = summary(measured, { planned: probes.length, tookMs: shell.nowMs() - startedMs })
    if (isJson) for (const sentence of closing) aside(sentence)
    else show(shell, measured, closing)
    const isWell = measured.length === probes.length && measured.every(({ line }) => line.outcome === 'ok')
    return isWell ? 0 : 1
  },
}

/** What is said beside the results, on stderr. */
const asideOn = ({ screen: { err }, err: write }: Shell): ((text: string) => void) => {
  const paint = painter(err.hasColours)
  return text => {
    for (const line of wrap(text, err.columns)) write(`${paint(line, 'faint')}\n`)
  }
}

const chosen = ({ probes }: ProberSettings, globs: readonly string[]): readonly Probe[] => {
  if (probes.length === 0)
    throw new CodedError('nothing_to_run', 'There is nothing to measure: no key was found, and no target is set.', {
      hint: 'Set a key such as OPENAI_API_KEY, or LLMSTATUS_KEYLESS=major to see whether the major providers answer at all.',
    })
  const found = select(probes, globs)
  if (found.length > 0) return found
  const meant = nearest(globs[0] ?? '', [...new Set(probes.flatMap(namesOf))])
  const providers = [...new Set(probes.map(({ provider }) => provider))].join(', ')
  throw new CodedError('nothing_to_run', `Nothing here is called ${globs.join(' or ')}.`, {
    hint: meant === null ? `there are ${providers}` : `did you mean "${meant}"?`,
  })
}

/** In the order of the plan, whatever ended first. */
const measureNow = async (
  shell: Shell,
  probes: readonly Probe[],
  { started, ended }: Pick<MeasureAllDeps, 'started' | 'ended'>,
): Promise<readonly Measured[]> => {
  let isStopped = false
  const stopped = shell.stopAsked().then(() => {
    isStopped = true
  })
  const measuring = await shell.measuring()
  const lines = new Map<Probe, Measured['line']>()
  await measureAll(isStopped ? [] : probes, {
    measure: measuring.measure,
    nowMs: shell.nowMs,
    newId: () => uuid7(shell.nowMs(), shell.random(10)),
    stopped,
    started,
    ended: (probe, line) => {
      ended(probe, line)
      if (line !== null) lines.set(probe, line)
    },
  })
  await measuring.close()
  return probes.flatMap(probe => {
    const line = lines.get(probe)
    return line === undefined ? [] : [{ probe, line }]
  })
}

const show = (shell: Shell, measured: readonly Measured[], closing: readonly string[]): void => {
  const { hasColours, columns } = shell.screen.out
  const look = { columns, paint: painter(hasColours), keyNameOf: keyNames(shell) }
  const rows = measured.length === 0 ? [] : [...table(measured, look), '']
  shell.out(`${[...rows, ...closing.flatMap(text => wrap(text, columns))].join('\n')}\n`)
}

/** The provider files are read again only where somebody has to be told about a key. */
const keyNames = (shell: Shell): KeyNameOf => {
  let providers: ReturnType<typeof readDefinitions>['providers'] | null = null
  return probe => {
    providers ??= readDefinitions(shell.folder).providers
    return keyName(probe, providers.get(probe.provider))
  }
}
