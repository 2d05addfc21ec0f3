import { CodedError } from '@llmstatus/shared/errors'
import type { ProberSettings } from '../config/settings.ts'
import { planWith } from '../remote-definitions/plan-with.ts'
import { remoteText } from '../remote-definitions/words.ts'
import { notEnrolled } from '../report/join.ts'
import { aggregatorUrl } from './aggregator-url.ts'
import type { Command } from './command.ts'
import { planText } from './plan-text.ts'
import type { Shell } from './shell.ts'

export const check: Command = {
  name: 'check',
  summary: 'reads every setting and says what would run, how often, and what a day of it costs',
  about: ['Sends nothing, unless --connect is given.'],
  flags: [{ name: 'connect', summary: 'also asks the aggregator whether it is ready' }],
  example: 'llmstatus-prober check --connect',
  run: async (shell, flags) => {
    const settings = await shell.settings()
    const url = await aggregatorUrl(shell, settings)
    const planned = await planWith(settings, await shell.keptSet(settings))
    const outside = remoteText(settings.remote, planned, shell.nowMs())
    const lines = [...planText({ ...settings, ...planned }), ...outside, url === null ? unknown : `Reports to ${url}.`]
    shell.out(`${lines.join('\n')}\n`)
    if (flags.has('connect')) await connect(shell, settings, url)
    return 0
  },
}

const unknown = 'Reports to nobody yet: the first start needs LLMSTATUS_ENROL_TOKEN.'

const connect = async (shell: Shell, settings: ProberSettings, url: string | null): Promise<void> => {
  if (url === null) throw notEnrolled()
  const door = shell.openDoor({ ...settings.aggregator, url })
  const answer = await door.call({ method: 'GET', path: '/readyz', headers: {}, body: null, timeoutMs: 10_000 })
  await door.close()
  const why = !answer.ok
    ? answer.why
    : answer.json === null
      ? `status ${answer.status}, and not from an aggregator`
      : `it says it is not ready, status ${answer.status}`
  if (!answer.ok || answer.json === null || answer.status !== 200)
    throw new CodedError('aggregator_unreachable', `The aggregator at ${url} does not answer: ${why}.`, {
      hint: 'Check the address, the firewall between here and there, and whether it runs.',
    })
  shell.out('The aggregator answers.\n')
}
