import { defaultPolicy } from '../aggregator/src/judge/policy.ts'
import { judgeTrace, type Told } from '../test/traces/judge-trace.ts'
import { kinds } from '../test/traces/kinds.ts'
import { makeWorld } from '../test/traces/make-world.ts'
import { notOk, type Peer, peers, providerBlamed } from '../test/traces/peers.ts'
import { sampleWorld } from '../test/traces/sample-world.ts'
import { type Score, scoreOf, sumOf } from '../test/traces/score.ts'
import { reportSeeds, tuningSeeds } from '../test/traces/seeds.ts'
import { profiles, type Trace } from '../test/traces/trace.ts'
import type { Bench, BenchContext, Measurement } from './bench.ts'
import { judgeSpeed } from './judge-speed.ts'
import { noLimit } from './measure.ts'

/** Our rules beside those of others, on the same labelled traces; and how fast a thousand endpoints are judged. */

type Scores = Map<string, Score[]>

const rulesOf = ({ name, alarms }: Peer) => [
  { name, alarms: (trace: Trace) => alarms(trace, notOk) },
  { name: `${name}.blamed`, alarms: (trace: Trace) => alarms(trace, providerBlamed) },
]
const others = peers.flatMap(rulesOf)

const openings = (told: readonly Told[]): readonly number[] =>
  told.filter(({ kind }) => kind === 'opened').map(({ ms }) => ms)

export const bench = {
  about: 'false alarms, precision, recall and delay on labelled traces, beside what others do; 1,000 endpoints judged',
  options: ['--seeds', '--set', '--only'],
  run: async context => [
    ...(context.options['--only'] === 'speed' ? [] : accuracy(context)),
    ...(context.options['--only'] === 'rules' ? [] : await judgeSpeed(context)),
  ],
} satisfies Bench

const accuracy = ({ options, note }: BenchContext): readonly Measurement[] => {
  const seeds = (options['--set'] === 'tuning' ? tuningSeeds : reportSeeds).slice(0, Number(options['--seeds'] ?? 6))
  const scores: Scores = new Map()
  const toldOfHard: { readonly trace: Trace; readonly told: readonly Told[] }[] = []
  const add = (name: string, score: Score) => scores.set(name, [...(scores.get(name) ?? []), score])
  for (const kind of Object.keys(kinds)) {
    note(`${kind}: ${seeds.length} seeds of each profile`)
    for (const profile of profiles)
      for (const seed of seeds) {
        const trace = sampleWorld(makeWorld(kind, profile, seed))
        const told = judgeTrace(trace, defaultPolicy)
        const score = scoreOf(trace, openings(told))
        add('default', score)
        add(`default.${kind}`, score)
        for (const { name, alarms } of others) add(name, scoreOf(trace, alarms(trace)))
        if (kind === 'hard_outage' || kind === 'inference_down') toldOfHard.push({ trace, told })
      }
  }
  return [...[...scores].flatMap(([name, all]) => measured(name, all)), ...afterOnset(toldOfHard)]
}

const measured = (name: string, all: readonly Score[]): readonly Measurement[] => {
  const { falseAlarms, rightAlarms, expected, found, delaysS } = sumOf(all)
  const say = (metric: string, value: number, unit: string): Measurement => ({
    case: name,
    metric,
    value,
    unit,
    runs: all.length,
    spread: 0,
    ...noLimit,
  })
  const alarms = falseAlarms + rightAlarms
  return [
    say('false_alarms', falseAlarms, 'alarms'),
    ...(alarms === 0 ? [] : [say('precision', rightAlarms / alarms, '')]),
    ...(expected === 0 ? [] : [say('recall', found / expected, '')]),
    ...(expected === 0 ? [] : [say('delay_p50_s', at(delaysS, 0.5), 's'), say('delay_p95_s', at(delaysS, 0.95), 's')]),
  ]
}

const at = (values: readonly number[], q: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(q * values.length))] ?? Number.NaN

/** What DESIGN §4.9 names: one vantage, until it is critical and until it is called an outage. */
const afterOnset = (
  all: readonly { readonly trace: Trace; readonly told: readonly Told[] }[],
): readonly Measurement[] => {
  const sparse = all.filter(({ trace }) => trace.profile === 'sparse')
  return [...Map.groupBy(sparse, ({ trace }) => trace.kind)].flatMap(([kind, group]) =>
    (['critical', 'outage'] as const).flatMap(event => {
      const delays = group.map(({ trace, told }) => {
        const fromMs = trace.labels[0]?.fromMs ?? 0
        return ((told.find(one => one.kind === event && one.ms >= fromMs)?.ms ?? Infinity) - fromMs) / 1000
      })
      return [0.5, 0.95].map(q => ({
        case: `default.${kind}`,
        metric: `${event}_p${q * 100}_s`,
        value: at(delays, q),
        unit: 's',
        runs: delays.length,
        spread: 0,
        ...noLimit,
      }))
    }),
  )
}
