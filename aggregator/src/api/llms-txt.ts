import { stateWords } from '../judge/state.ts'
import type { Present } from './present.ts'
import { found, type Route } from './route.ts'
import type { Ask } from './snapshot.ts'
import type { Status } from './status-schema.ts'

/** /llms.txt: how things are and where to ask, for whoever reads text (llmstxt.org). */

const enoughMs = 5_000

export const llmsTxtRoute = (present: Ask<Present>): Route => ({
  method: 'GET',
  path: '/llms.txt',
  access: 'public',
  keptS: 10,
  tag: 'about',
  summary: 'How things are and where to ask, as text',
  answers: { 200: { description: 'Markdown', schema: null, type: 'text/plain' } },
  problems: ['unavailable'],
  example: '/llms.txt',
  answer: async ({ origin }) => {
    const { value, ageMs } = await present(enoughMs)
    return found(textOf(value.status, origin), { type: 'text/plain; charset=utf-8', ageMs })
  },
})

const textOf = ({ overall, providers }: Status, origin: string): string =>
  [
    '# LLM Status',
    '',
    `> ${overall.text}`,
    '',
    'Measured by probes of our own, from inside our own network. Unknown means not measured: neither up nor down.',
    '',
    '## Now',
    '',
    ...providers.map(lineOf),
    '',
    '## Where to ask',
    '',
    ...places.map(([path, what]) => `- [${path}](${origin}${path}): ${what}`),
    '',
  ].join('\n')

const lineOf = ({ id, name, state, reason, since, uptime_24h, ttft_ms }: Status['providers'][number]): string => {
  const uptime = uptime_24h === null ? 'uptime not measured' : `uptime 24h ${Math.floor(uptime_24h * 10_000) / 100}%`
  const token = ttft_ms.p95 === null ? '' : `, first token p95 ${Math.round(ttft_ms.p95)} ms`
  return `- ${name} (\`${id}\`): ${stateWords[state].word} (${reason}) since ${since}; ${uptime}${token}`
}

const places: readonly (readonly [string, string])[] = [
  ['/api/v1/verdict', 'whether to use a model now: `?model=provider/model`, again and again for several'],
  ['/api/v1/status', 'everything, with reasons'],
  ['/api/v1/models', 'models with prices, latency and capabilities; `?q=` finds'],
  ['/api/v1/incidents', 'what happened, newest first'],
  ['/api/v1/benchmarks', 'latency and cost by model and vantage'],
  ['/api/v2/summary.json', 'the same in the shape of Statuspage'],
  ['/feed.xml', 'incidents as RSS; `?format=atom`'],
  ['/openapi.json', 'every route'],
]
