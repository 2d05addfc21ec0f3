import { findingOf, together } from '../finding.ts'
import { nobody } from '../internet.ts'
import { answer } from '../request-text.ts'
import type { Told } from '../stage.ts'
import type { Play } from './play.ts'
import { goodDefinition } from './settings.ts'
import { everyHeader, hosted, insideAt, insideTold, ownPlace, readTold, tryTold } from './told.ts'

/** What the network does, or whoever answers there. */

export const control: Play<'control'> = async (stage, { at }) => {
  if (at === 'provider')
    return {
      tried: 'a key is sent to its own origin, where the sink stands',
      finding: await tryTold(stage, hosted(), { ownIs: 'sink' }),
    }
  const definition = JSON.stringify({
    provider: 'inside',
    probe_type: 'http',
    request: { method: 'GET', path: '/health' },
  })
  return {
    tried: 'a key is sent to a private server over http, where the sink stands',
    finding: await tryTold(stage, { ...insideTold, definition }, { own: insideAt, ownIs: 'sink' }),
  }
}

export const redirect: Play<'redirect'> = async (stage, { status, to, connection }) => ({
  tried: `the provider answers ${status} with location: ${to}`,
  finding: await tryTold(stage, connection === 'warm' ? warmTold : everyHeader, {
    ownAnswers: () => answer(status, { location: to }, 'moved'),
  }),
})

/** A question that is asked over a connection which has carried another one before. */
const warmTold: Told = {
  ...hosted(),
  definition: JSON.stringify({ ...goodDefinition('openai'), name: 'warm', connection: 'warm' }),
}

/** The probes of a prober, again each time the name server has another answer; the last time counts, before it all is well. */
export const name: Play<'name'> = async (stage, { answers }) => {
  const tried = `api.openai.com is ${answers.join(', then ')}`
  const turns = answers.map(words => words.split(' + '))
  stage.set({ ...nobody, names: { 'api.openai.com': turns } })
  const read = await readTold(stage, hosted())
  if ('finding' in read) return { tried, finding: read.finding }
  const [probe] = read.settings.probes
  const findings = []
  for (const _turn of turns) if (probe !== undefined) findings.push(...(await stage.measure([probe])).map(findingOf))
  const [before, last] = [findings.slice(0, -1), findings.slice(-1)]
  return { tried, finding: before.every(({ verdict }) => verdict === 'allow') ? together(last) : together(findings) }
}

export const peer: Play<'peer'> = async (stage, { peer: turned }) => ({
  tried: `a connection to a public address turns out to be with ${turned}`,
  finding: await tryTold(stage, hosted(), { ownIs: 'sink', peer: turned }),
})

export const certificate: Play<'certificate'> = async (stage, { certificate: shown }) => ({
  tried: `somebody at the right address shows a certificate: ${shown.replaceAll('_', ' ')}`,
  finding: await tryTold(stage, hosted(), { ownIs: 'sink', certificate: shown }),
})

export const echo: Play<'echo'> = async (stage, { status, headers = {}, body = '' }) => ({
  tried: `the provider answers ${status} and says the key back`,
  finding: await tryTold(stage, hosted(), { ownAnswers: () => answer(status, headers, body) }),
})

const proxyAddress = '10.0.0.8'

export const proxy: Play<'proxy'> = async (stage, one) => {
  const { proxy: written = 'http://proxy.corp.example:3128', says, leads_to: leadsTo, origin, names = {} } = one
  const more = { proxy: written, proxy_secret: 'env:PASSWORD', ...(origin === undefined ? {} : { origin }) }
  const told: Told = hosted(more)
  const shown = one.certificate
  const finding = await tryTold(stage, told, {
    own: ownPlace,
    proxy: `${proxyAddress}:3128`,
    names: Object.fromEntries(
      Object.entries({ 'proxy.corp.example': proxyAddress, ...names }).map(([host, words]) => [
        host,
        [words.split(' + ')],
      ]),
    ),
    ...(says === undefined ? {} : { proxyAnswers: says }),
    ...(leadsTo === undefined ? {} : { proxyLeadsTo: leadsTo }),
    ...(shown === undefined ? {} : { certificate: shown }),
  })
  const words = [
    says === undefined ? null : `says ${JSON.stringify(says.split('\r\n')[0])}`,
    leadsTo === 'sink' ? 'leads to somebody else' : null,
    shown === undefined ? null : `who shows a certificate: ${shown.replaceAll('_', ' ')}`,
    origin === undefined ? null : `is asked for ${origin}`,
    ...Object.entries(names).map(([host, is]) => `${host} is ${is}`),
  ].filter(word => word !== null)
  return { tried: `the proxy ${written} ${words.join(', ')}`.trim(), finding }
}
