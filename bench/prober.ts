import type { Bench, Measurement } from './bench.ts'
import { noLimit, summarise } from './measure.ts'
import { load } from './prober-load.ts'
import { proberSetting, type Setting } from './prober-setting.ts'
import { programFile } from './programs.ts'

/**
 * start: from the start of the prober's process to the receipt of its first signed results by a real aggregator: enrolled,
 * calibrated, measured, sealed, sent, taken. Each run is a first start, with a token and an empty data folder.
 */

const providers = ['openai', 'anthropic', 'google_gemini', 'groq', 'mistral']
const runs = 7
const mostMs = 60_000

/** What the prober says when the first receipt has come. */
const accepted = 'the aggregator has the first results'

export const bench = {
  about: 'the prober: from its start to its first accepted results; memory and CPU at 200 probes a minute',
  options: ['--minutes'],
  run: async ({ note, options }) => {
    note(`${programFile('prober')} and ${programFile('aggregator')}`)
    return [await firstAccepted(), ...(await load({ note, minutes: Number(options['--minutes'] ?? 10) }))]
  },
} satisfies Bench

const firstAccepted = async (): Promise<Measurement> => {
  await using closing = new AsyncDisposableStack()
  const setting = await proberSetting(closing, { providers })
  const tookMs: number[] = []
  for (let run = 0; run <= runs; run++) tookMs.push(await oneStart(setting, `start-${run}`))
  // the first one also warms the aggregator, which has been running for months elsewhere
  return { case: 'start', metric: 'first_accepted_ms', unit: 'ms', ...summarise(tookMs.slice(1)), ...noLimit }
}

const oneStart = async ({ startProber }: Setting, name: string): Promise<number> => {
  const started = await startProber(name)
  const late = setTimeout(() => started.child.kill('SIGKILL'), mostMs)
  await started.says(accepted)
  const tookMs = performance.now() - started.startedMs
  clearTimeout(late)
  await started.stop()
  return tookMs
}
