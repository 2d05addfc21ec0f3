import { nearest } from '@llmstatus/shared/did-you-mean'
import { CodedError } from '@llmstatus/shared/errors'
import { outline } from '../catalogue/outline.ts'
import { providerRows } from '../catalogue/providers.ts'
import { probeInFull } from '../catalogue/show.ts'
import type { Definitions } from '../config/read-definitions.ts'
import { namesOf, select } from '../once/select.ts'
import type { Probe } from '../probe.ts'
import type { Command } from './command.ts'
import { saidFlags, saidIn } from './said.ts'
import type { Shell } from './shell.ts'

export const definitionsShow: Command = {
  name: 'definitions show',
  summary: 'shows one provider, suite or probe in full, without its key',
  about: [
    'NAME is the id of a provider or a suite, or a probe as in `once --only`: openai/chat, openai/gpt-4.1-nano/chat.',
  ],
  flags: [{ name: 'json', summary: 'one JSON object a line' }, ...saidFlags],
  words: 'NAME',
  example: 'llmstatus-prober definitions show openai/chat',
  run: async (shell, flags, given) => {
    const [name, ...others] = given.words
    if (name === undefined || others.length > 0)
      throw new CodedError('usage', 'definitions show wants one NAME.', { hint: 'definitions list has them all' })
    const found = lookUp(shell, name, await shell.settings(saidIn(given)))
    const write = flags.has('json') ? JSON.stringify : (one: object) => outline(one).join('\n')
    shell.out(`${found.map(one => write(one)).join(flags.has('json') ? '\n' : '\n\n')}\n`)
    return 0
  },
}

interface Here {
  readonly probes: readonly Probe[]
  readonly definitions: Definitions
}

const lookUp = (shell: Shell, name: string, { probes, definitions }: Here): readonly object[] => {
  const here = { definitions, probes, dialects: shell.speaks, nowMs: shell.nowMs() }
  const provider = definitions.providers.get(name)
  if (provider !== undefined) {
    const { suites_usd_per_day, key } = providerRows(here).find(({ id }) => id === name) ?? {}
    return [{ ...provider, key, suites_usd_per_day }]
  }
  const suite = definitions.suites.get(name)
  if (suite !== undefined) return [suite]
  const found = select(probes, [name])
  if (found.length > 0) return found.map(probe => probeInFull(probe, here))
  const known = [...definitions.providers.keys(), ...definitions.suites.keys(), ...probes.flatMap(namesOf)]
  const meant = nearest(name, [...new Set(known)])
  throw new CodedError('usage', `Neither a provider, a suite nor a probe that would run here is called ${name}.`, {
    hint: meant === null ? '`definitions list` has them all' : `did you mean "${meant}"?`,
  })
}
