import { suggest } from '@llmstatus/shared/did-you-mean'
import { CodedError } from '@llmstatus/shared/errors'
import { cilium } from '../egress-list/cilium.ts'
import { contactsJson } from '../egress-list/contacts.ts'
import { defaultManifest, type Manifest } from '../egress-list/manifest.ts'
import { networkPolicy } from '../egress-list/network-policy.ts'
import { squid } from '../egress-list/squid.ts'
import { waysText } from '../egress-list/text.ts'
import type { Way } from '../egress-list/way.ts'
import { waysOut } from '../egress-list/ways-out.ts'
import { aggregatorUrl } from './aggregator-url.ts'
import type { Command, Given } from './command.ts'
import { saidFlags, saidIn } from './said.ts'
import type { Shell } from './shell.ts'

type Write = (ways: readonly Way[], manifest: Manifest) => string

const formats: Readonly<Record<string, Write>> = {
  text: ways => `${waysText(ways).join('\n')}\n`,
  json: ways => contactsJson(ways),
  networkpolicy: networkPolicy,
  cilium,
  squid,
}

const labelsText = Object.entries(defaultManifest.podLabels)
  .map(([key, value]) => `${key}=${value}`)
  .join(',')

export const egress: Command = {
  name: 'egress',
  summary: 'says every host and port that will be contacted, and why; also as a policy that allows nothing else',
  about: [
    'Sends nothing and resolves nothing: run it where the prober runs, with the same settings.',
    'json is a list of {host, port, proto, why, addresses}: `why` is a list; `addresses` is "public", or the ranges it may resolve to.',
  ],
  flags: [
    { name: 'format', takes: 'FORMAT', summary: `${Object.keys(formats).join(', ')}; text where nothing is said` },
    { name: 'name', takes: 'NAME', summary: `of the manifest; ${defaultManifest.name} where nothing is said` },
    { name: 'namespace', takes: 'NAMESPACE', summary: 'of the manifest; left out where nothing is said' },
    {
      name: 'pod-labels',
      takes: 'KEY=VALUE,…',
      summary: `whom the manifest is for; ${labelsText} where nothing is said`,
    },
    ...saidFlags,
  ],
  example: 'llmstatus-prober egress --format networkpolicy --namespace llmstatus | kubectl apply -f -',
  run: async (shell, _flags, given) => {
    const format = given.values('format').at(-1) ?? 'text'
    const write = Object.hasOwn(formats, format) ? formats[format] : undefined
    if (write === undefined)
      throw new CodedError('usage', `--format: there is no format ${format}.`, {
        hint: suggest(format, Object.keys(formats)),
      })
    const manifest = manifestOf(given)
    shell.out(write(await waysOf(shell, given), manifest))
    return 0
  },
}

const waysOf = async (shell: Shell, given: Given): Promise<readonly Way[]> => {
  const settings = await shell.settings(saidIn(given))
  const url = await aggregatorUrl(shell, settings)
  const about = ['enrolment', 'results', ...(settings.remote === null ? [] : ['definitions'])]
  return waysOut({
    probes: settings.probes,
    others: settings.otherWays,
    aggregator: url === null ? null : { url, proxy: settings.aggregator.proxy, about },
    controls: settings.controls,
    nameServers: shell.nameServers(),
  })
}

const manifestOf = ({ values }: Given): Manifest => {
  const labels = values('pod-labels').flatMap(text => text.split(','))
  const name = values('name').at(-1) ?? defaultManifest.name
  const namespace = values('namespace').at(-1) ?? null
  if (!/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/.test(name)) throw notA('name', 'a name of Kubernetes')
  if (namespace !== null && !/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(namespace))
    throw notA('namespace', 'a namespace of Kubernetes')
  return { name, namespace, podLabels: labels.length === 0 ? defaultManifest.podLabels : readLabels(labels) }
}

const notA = (flag: string, what: string): CodedError => new CodedError('usage', `--${flag} is not ${what}.`)

const labelPattern =
  /^((?:[a-z0-9.-]{1,253}\/)?[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)=([A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?|)$/

const readLabels = (labels: readonly string[]): Manifest['podLabels'] =>
  Object.fromEntries(
    labels.map(label => {
      const [, key, value] = labelPattern.exec(label) ?? []
      if (key === undefined || value === undefined)
        throw new CodedError('usage', '--pod-labels is not a list of labels.', {
          hint: '--pod-labels app=prober,tier=monitoring',
        })
      return [key, value]
    }),
  )
