import { sha256 } from '@llmstatus/shared/ids'
import type { Outcome } from '@llmstatus/shared/outcome'
import type { DefinitionLine, ResultLine } from '@llmstatus/shared/result'
import { definitionLine, resultLine } from '../../../test/lines.ts'
import { seededRandom } from '../../../test/random.ts'
import { startMs, testApp } from '../../../test/test-app.ts'
import { enrolled, post, type TestProber } from '../../../test/test-prober.ts'
import type { AppDeps } from '../../app.ts'
import type { Store } from '../../db/store.ts'
import { createIncidents } from '../../incident/run.ts'
import { defaultPolicy } from '../../judge/policy.ts'
import { createJudge } from '../../judge/run.ts'
import { held } from '../../lease/testing/held.ts'
import { catalogueOf } from '../providers.ts'

/**
 * A small world that came in through the door: two vantages, a provider that is well, one that fails for six minutes, one
 * that throttles, a local target that no file names. The same bytes each time.
 */
export const worldProviders = catalogueOf([
  {
    id: 'openai',
    name: 'OpenAI',
    kind: 'hosted',
    status: { page: 'https://status.openai.com' },
    embeddings: { path: '/v1/embeddings', dialect: 'openai-embeddings' },
    models: [
      { id: 'gpt-4.1-nano', default: true, price: { input: 0.1, output: 0.4, as_of: '2026-07-02' } },
      { id: 'gpt-5-nano', reasoning: true, min_output_tokens: 512 },
      { id: 'text-embedding-3-small', dialect: 'openai-embeddings' },
    ],
  },
  {
    id: 'anthropic',
    name: 'Anthropic',
    kind: 'hosted',
    models: [{ id: 'claude-haiku-4-5', price: { input: 1, output: 5, as_of: '2026-07-02' } }],
  },
  { id: 'groq', name: 'Groq', kind: 'hosted', models: [{ id: 'llama-3.1-8b-instant' }, { id: 'gpt-4.1-nano' }] },
  { id: 'mistral', name: 'Mistral', kind: 'hosted', models: [{ id: 'ministral-3b' }] },
])

const minuteMs = 60_000

interface Series {
  readonly provider: string
  readonly model: string | null
  readonly probe: string
  readonly type: DefinitionLine['type']
  readonly firstTokenMs: number
}

const series: readonly Series[] = [
  { provider: 'openai', model: 'gpt-4.1-nano', probe: 'chat', type: 'chat', firstTokenMs: 240 },
  { provider: 'openai', model: null, probe: 'reachability', type: 'reachability', firstTokenMs: 0 },
  { provider: 'anthropic', model: 'claude-haiku-4-5', probe: 'chat', type: 'chat', firstTokenMs: 420 },
  { provider: 'groq', model: 'llama-3.1-8b-instant', probe: 'chat', type: 'chat', firstTokenMs: 90 },
  { provider: 'lab', model: 'meta-llama/llama-3.1-8b', probe: 'chat', type: 'chat', firstTokenMs: 30 },
]

const defOf = ({ provider, model, probe }: Series): string => sha256(`${provider} ${model} ${probe}`)

const placeOf = (one: Series) => ({ provider: one.provider, model: one.model, probe: one.probe, def: defOf(one) })

const definitionOf = (one: Series, atMs: number): DefinitionLine =>
  definitionLine(atMs, { ...placeOf(one), type: one.type, every_ms: minuteMs, billed: one.type === 'chat' })

/** Each a little later than the one before: percentiles differ, and nothing is random. */
const okOf = (one: Series, n: number): Partial<ResultLine> => {
  const first = (one.firstTokenMs + (n % 10) * 12) * 1000
  const isChat = one.type === 'chat'
  const plain = resultLine('', 0)
  return {
    us: {
      ...plain.us,
      first_token: isChat ? first : null,
      first_visible: isChat ? first : null,
      last_byte: first + 500_000,
    },
    tokens: isChat ? { in: 20, out: 41, reasoning: 0 } : { in: null, out: null, reasoning: null },
    finish: isChat ? 'stop' : 'none',
    content: isChat ? 'pass' : 'none',
    cost_usd: isChat ? 0.00002 : null,
    rate_limit: one.provider === 'openai' && isChat ? plain.rate_limit : null,
    model_reported: one.model,
  }
}

const failedOf = (outcome: Outcome): Partial<ResultLine> => {
  const plain = resultLine('', 0)
  return {
    outcome,
    operation: 'first_byte',
    http_status: outcome === 'rate_limited' ? 429 : 503,
    finish: 'none',
    content: 'none',
    chunks: 0,
    tokens: { in: null, out: null, reasoning: null },
    cost_usd: null,
    rate_limit: null,
    gap_us: null,
    model_reported: null,
    us: { ...plain.us, first_token: null, first_visible: null, last_byte: null },
  }
}

export const buildWorld = async (db: Store['db'], over: Partial<AppDeps> = {}) => {
  const waiting: number[] = []
  const test = await testApp(db, {
    providers: worldProviders,
    afterStored: ids => void waiting.push(...ids),
    ...over,
  })
  const { clock, deps } = test
  const random = seededRandom('incidents')
  const incidents = createIncidents({ db, lease: held, policy: defaultPolicy, random, providers: worldProviders })
  const judge = createJudge({ ...deps, observe: incidents.observe })
  clock.ms = startMs - 60 * minuteMs
  const probers = [await enrolled(test, 'eu-1'), await enrolled(test, 'us-1')]

  const outcomeOf = (one: Series, n: number): Outcome => {
    if (one.provider === 'groq') return 'rate_limited'
    return one.provider === 'anthropic' && n >= 54 ? 'overloaded' : 'ok'
  }
  const linesOf = (prober: TestProber, n: number) =>
    series.map(one => {
      const outcome = outcomeOf(one, n)
      const slotMs = startMs - (60 - n) * minuteMs
      return resultLine(prober.uuid(), slotMs, {
        ...placeOf(one),
        ...(outcome === 'ok' ? okOf(one, n) : failedOf(outcome)),
      })
    })
  const send = async (prober: TestProber, lines: readonly object[]): Promise<void> => {
    const response = await post(test.app, await prober.seal(lines))
    if (response.statusCode !== 201) throw new Error(response.body)
    const { rejected } = response.json()
    if (rejected.length > 0) throw new Error(JSON.stringify(rejected))
  }
  const minute = async (n: number, lines: (prober: TestProber) => readonly object[]): Promise<void> => {
    clock.ms = startMs - (60 - n) * minuteMs + 2_000
    for (const prober of probers) await send(prober, lines(prober))
    await judge.afterStored([...new Set(waiting.splice(0))])
  }
  await minute(53, prober => [
    ...series.map(one => definitionOf(one, clock.ms)),
    ...Array.from({ length: 54 }, (_, n) => linesOf(prober, n)).flat(),
  ])
  for (let n = 54; n < 60; n++) await minute(n, prober => linesOf(prober, n))
  clock.ms = startMs
  await judge.sweep()
  return { ...test, probers, judge, minute, linesOf }
}
export type World = Awaited<ReturnType<typeof buildWorld>>
