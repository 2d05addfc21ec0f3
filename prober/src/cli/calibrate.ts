import { uuid7 } from '@llmstatus/shared/ids'
import type { Command } from './command.ts'
import type { Measuring, Shell } from './shell.ts'

export const calibrate: Command = {
  name: 'calibrate',
  summary: 'measures the built-in reference, and says how well this machine measures',
  about: [
    'The bias is how much later than it was written a first token is stamped. The uncertainty is what a result here',
    'carries: the bias, and how long the process was held while it ran. Above 20 ms and a tenth of the first token a',
    'result is `prober_overloaded`. Takes some seconds, reaches out to nobody, and needs no key.',
  ],
  flags: [{ name: 'json', summary: 'as one JSON object; times in microseconds' }],
  example: 'llmstatus-prober calibrate --json',
  run: async (shell, flags) => {
    const measuring = await shell.measuring()
    const stopping = new AbortController()
    void shell.stopAsked().then(() => stopping.abort())
    const bias = await measuring.calibrate(biasRounds, stopping.signal)
    const uncertaintiesUs = await measureReference(shell, measuring, stopping.signal)
    await measuring.close()
    if (bias === null || uncertaintiesUs.length === 0) {
      shell.err('Nothing could be said: this machine was busy all the time, or somebody stopped it.\n')
      return 1
    }
    const facts = {
      rounds: bias.rounds,
      quiet: bias.quiet,
      bias_p50_us: bias.biasP50Us,
      bias_p99_us: bias.biasP99Us,
      results: uncertaintiesUs.length,
      uncertainty_p50_us: rank(uncertaintiesUs, 0.5),
      uncertainty_p99_us: rank(uncertaintiesUs, 0.99),
    }
    shell.out(flags.has('json') ? `${JSON.stringify(facts)}\n` : asText(facts))
    return 0
  },
}

const biasRounds = 200
const results = 20

/** One after the other, as a result comes about: the slow schedule of the reference, with everything that belongs to it. */
const measureReference = async (
  shell: Shell,
  { measure, probes: [probe] }: Measuring,
  signal: AbortSignal,
): Promise<readonly number[]> => {
  const uncertaintiesUs: number[] = []
  for (let round = 0; probe !== undefined && round < results && !signal.aborted; round++) {
    const slot = { id: uuid7(shell.nowMs(), shell.random(10)), slotMs: shell.nowMs(), why: 'manual' } as const
    const line = await measure(probe, slot, signal)
    if (line.errno === null) uncertaintiesUs.push(line.uncertainty_us)
  }
  return uncertaintiesUs.toSorted((a, b) => a - b)
}

const rank = (sorted: readonly number[], quantile: number): number =>
  sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * quantile) - 1)] ?? 0

const asText = (facts: Readonly<Record<string, number>>): string => {
  const ms = (name: string) => `${((facts[name] ?? 0) / 1000).toFixed(2)} ms`
  return [
    `bias         ${ms('bias_p50_us')} at the median, ${ms('bias_p99_us')} at p99  (${facts.quiet} of ${facts.rounds} rounds while nothing held the process)`,
    `uncertainty  ${ms('uncertainty_p50_us')} at the median, ${ms('uncertainty_p99_us')} at p99  (${facts.results} results)`,
    '',
  ].join('\n')
}
