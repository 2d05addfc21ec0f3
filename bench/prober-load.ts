import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { CodedError } from '@llmstatus/shared/errors'
import type { Measurement } from './bench.ts'
import { noLimit, summarise } from './measure.ts'
import { proberSetting } from './prober-setting.ts'

/**
 * 200_per_min: a whole prober at 200 probes a minute, half of them streams, all over TLS: what the kernel says of its memory
 * and of its CPU time, second by second. The first minute is its start and does not count.
 */

/** Ten providers, each with a listing and a stream every six seconds. */
const providers = [
  'openai',
  'anthropic',
  'google_gemini',
  'groq',
  'mistral',
  'cohere',
  'deepseek',
  'openrouter',
  'together',
  'xai',
]
const everyS = 6
const perMinute = (providers.length * 2 * 60) / everyS
const startS = 60

interface Sample {
  readonly atMs: number
  readonly rssMib: number
  readonly cpuS: number
}

export const load = async (how: {
  readonly minutes: number
  readonly note: (text: string) => void
}): Promise<readonly Measurement[]> => {
  const { minutes, note } = how
  if (!(minutes >= 1)) throw new CodedError('usage', '--minutes takes a number of minutes, 1 or more.')
  await using closing = new AsyncDisposableStack()
  const yaml = `every: { reachability: ${everyS}s, chat: ${everyS}s }\nsuite: standard\n`
  const { startProber } = await proberSetting(closing, { providers, yaml })
  const prober = await startProber('load', { LLMSTATUS_BUDGET_USD_PER_DAY: '100000' })
  closing.defer(prober.stop)
  const pid = prober.child.pid
  if (pid === undefined) throw new Error('the prober did not start')
  note(`${perMinute} probes a minute for ${minutes} min, after ${startS} s of start`)

  await sleep(startS * 1000)
  const samples: Sample[] = [sampleOf(pid)]
  for (let second = 1; second <= minutes * 60; second++) {
    await sleep(1000)
    samples.push(sampleOf(pid))
    if (second % 60 === 0) note(`after ${second / 60} min: ${samples.at(-1)?.rssMib.toFixed(1)} MiB`)
  }
  return measurementsOf(samples)
}

const measurementsOf = (samples: readonly Sample[]): readonly Measurement[] => {
  const about = { case: '200_per_min', ...noLimit }
  const rss = samples.map(({ rssMib }) => rssMib)
  const aMinute = Math.min(60, Math.floor(samples.length / 2))
  const grownMib = summarise(rss.slice(-aMinute)).value - summarise(rss.slice(0, aMinute)).value
  const minutes = samples.flatMap((sample, n) => {
    const before = samples[n - 60]
    if (before === undefined || n % 60 !== 0) return []
    return [(100 * (sample.cpuS - before.cpuS)) / ((sample.atMs - before.atMs) / 1000)]
  })
  return [
    { ...about, metric: 'rss_mib', unit: 'MiB', ...summarise(rss) },
    { ...about, metric: 'rss_max_mib', unit: 'MiB', value: Math.max(...rss), runs: 1, spread: 0 },
    { ...about, metric: 'rss_grown_mib', unit: 'MiB', value: grownMib, runs: 1, spread: 0 },
    { ...about, metric: 'cpu_percent', unit: '% of a core', ...summarise(minutes) },
  ]
}

/** Linux counts CPU time in ticks of a hundredth of a second. */
const ticksPerS = 100

const sampleOf = (pid: number): Sample => {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return {
    atMs: performance.now(),
    rssMib: Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1024,
    cpuS: (Number(fields[11]) + Number(fields[12])) / ticksPerS,
  }
}
