import { setTimeout } from 'node:timers/promises'
import { sha256, uuid7 } from '@llmstatus/shared/ids'
import type { ResultLine } from '@llmstatus/shared/result'
import { seededRandom } from '../aggregator/test/random.ts'
import { type Sender, sendSealed } from '../aggregator/test/wire-prober.ts'
import type { Measurement } from './bench.ts'
import { definitionsOf } from './ingest-lines.ts'
import type { IngestServer } from './ingest-server.ts'
import { summarise, wallMs } from './measure.ts'
import { sampleResults } from './sample.ts'

/**
 * A hundred probers, each with a batch every ten seconds and a target of its own beside what all of them measure. A batch
 * is visible when the status counts its results for that target, which is when they are rolled up, and says how it is.
 */
const probers = 100
const everyMs = 10_000
const rounds = 2
const perBatch = 30
const pollMs = 50
const mostMs = 30_000

export const visibleAfterMs = async (
  server: IngestServer,
  note: (text: string) => void,
): Promise<Pick<Measurement, 'value' | 'runs' | 'spread'>> => {
  note(`enrolling ${probers} probers`)
  const fleet: Sender[] = []
  for (let n = 0; n < probers; n++) fleet.push(await server.enrol(`prober-${n}`))
  const watch = watchStatus(server.url)
  const tookMs: number[][] = []
  // the first round brings the definitions, and warms
  for (let round = 0; round <= rounds; round++) tookMs.push(await oneRound(server.url, { fleet, round, watch }))
  await watch.stop()
  const p95s = tookMs.slice(1).map(p95)
  note(
    `visible after ${p95s.map(Math.round).join(', ')} ms (p95), ${watch.polls()} looks, ${server.rssMib()} MiB resident`,
  )
  return { ...summarise(p95s), value: p95(tookMs.slice(1).flat()) }
}

const p95 = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.95) - 1] ?? Number.NaN

interface Round {
  readonly fleet: readonly Sender[]
  readonly round: number
  readonly watch: Watch
}

const oneRound = (url: string, { fleet, round, watch }: Round): Promise<number[]> =>
  Promise.all(
    fleet.map(async (sender, n) => {
      await setTimeout((n * everyMs) / fleet.length)
      const sealed = await sender.seal(linesOf(n, round))
      const { status, text } = await sendSealed(url, sealed)
      if (status !== 201) throw new Error(`${sender.name} was answered ${status}: ${text}`)
      const acceptedMs = wallMs()
      return (await watch.seen(targetOf(n), (round + 1) * perBatch)) - acceptedMs
    }),
  )

const targetOf = (n: number): string => `target-${n}`

const linesOf = (n: number, round: number): string[] => {
  const seed = n * 100 + round
  const results = sampleResults({ count: perBatch, seed, startMs: Date.now() - everyMs })
  const own = sampleResults({ count: perBatch, seed: seed + 50, startMs: Date.now() - everyMs }).map((result, at) =>
    ownResult(result, { n, seed: seed * 100 + at }),
  )
  return [...definitionsOf([...results, ...own]), ...results, ...own].map(line => JSON.stringify(line))
}

/** The sample's first endpoint is a chat that has all its stamps; here it is this prober's own server. */
const ownResult = (result: ResultLine, { n, seed }: { readonly n: number; readonly seed: number }): ResultLine => {
  const firstToken = result.us.first_byte ?? 100_000
  return {
    ...result,
    id: uuid7(Date.parse(result.slot), seededRandom(String(seed))(10)),
    provider: targetOf(n),
    model: 'llama',
    probe: 'chat',
    dialect: 'openai',
    def: sha256(targetOf(n)),
    outcome: 'ok',
    operation: null,
    signal: null,
    finish: 'stop',
    content: 'pass',
    http_status: 200,
    us: { ...result.us, first_token: firstToken, first_visible: firstToken, last_byte: firstToken + 1000 },
  }
}

interface Watch {
  /** When the status first counted so many results of this target. */
  readonly seen: (target: string, count: number) => Promise<number>
  readonly polls: () => number
  readonly stop: () => Promise<void>
}

interface StatusSeen {
  readonly providers: readonly {
    readonly id: string
    readonly state: string
    readonly ttft_ms: { readonly n: number } | null
  }[]
}

const watchStatus = (url: string): Watch => {
  const waiting = new Set<{
    target: string
    count: number
    since: number
    see: (ms: number) => void
    give: (why: Error) => void
  }>()
  let polls = 0
  let isOpen = true
  const look = async (): Promise<void> => {
    const status = (await (await fetch(`${url}/api/v1/status`)).json()) as StatusSeen
    const seenMs = wallMs()
    polls++
    const known = new Map(status.providers.map(provider => [provider.id, provider]))
    for (const one of waiting) {
      const provider = known.get(one.target)
      if (seenMs - one.since > mostMs) one.give(new Error(`${one.target} was not to be seen within ${mostMs / 1000} s`))
      else if (provider?.state === 'unknown' || (provider?.ttft_ms?.n ?? 0) < one.count) continue
      else one.see(seenMs)
      waiting.delete(one)
    }
  }
  const running = (async () => {
    while (isOpen) {
      await look()
      await setTimeout(pollMs)
    }
  })()
  return {
    seen: (target, count) =>
      new Promise((see, give) => {
        waiting.add({ target, count, since: wallMs(), see, give })
      }),
    polls: () => polls,
    stop: async () => {
      isOpen = false
      await running
    },
  }
}
