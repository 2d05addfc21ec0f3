import type { EngineName } from '../aggregator/src/db/store.ts'
import { type Sealed, type Sender, sendSealed } from '../aggregator/test/wire-prober.ts'
import type { Bench, Measurement } from './bench.ts'
import { rawInsertRate } from './ingest-limit.ts'
import { ingestLines } from './ingest-lines.ts'
import { type IngestServer, startIngestServer } from './ingest-server.ts'
import { visibleAfterMs } from './ingest-visible.ts'
import { noLimit, summarise, wallMs } from './measure.ts'
import { programFile } from './programs.ts'

/**
 * Signed batches over HTTP until they are durable and rolled up, against the same rows written by a client that proves
 * nothing; and how long after its receipt a batch of one of a hundred probers is to be seen in GET /api/v1/status.
 */

const resultsPerBatch = 1800
/** As many as drain at once; each has one batch in flight, as a prober does. */
const draining = 4
const batchesPerRun = 6
const warmups = 1
const runs = 5

export const bench = {
  about: `results a second from HTTP to durable and rolled up; how soon those of 100 probers can be seen`,
  options: ['--only'],
  run: async ({ note, options }) => {
    note(programFile('aggregator'))
    const measured: Measurement[] = []
    for (const engine of ['postgres', 'pglite'] as const)
      if (options['--only'] === undefined || options['--only'] === engine)
        measured.push(...(await onEngine(engine, text => note(`${engine}: ${text}`))))
    return measured
  },
} satisfies Bench

const onEngine = async (engine: EngineName, note: (text: string) => void): Promise<readonly Measurement[]> => {
  await using closing = new AsyncDisposableStack()
  const server = await startIngestServer(engine, closing, note)
  const visibleMs = await visibleAfterMs(server, note)
  const perS = await drain(server, note)
  const raw = await rawInsertRate(await server.open(), { batch: resultsPerBatch, batches: batchesPerRun, runs })
  note(`raw inserts: ${raw.perS.map(Math.round).join(' ')} rows/s`)
  const rate = { limit: 'unnest_insert', limit_value: summarise(raw.perS).value }
  return [
    { case: engine, metric: 'results_per_s', unit: 'results/s', ...summarise(perS), ...rate },
    { case: engine, metric: 'accept_to_visible_p95_ms', unit: 'ms', ...visibleMs, ...noLimit },
  ]
}

/** Sealed before the clock starts: what a prober pays is not what is measured. */
const drain = async (server: IngestServer, note: (text: string) => void): Promise<readonly number[]> => {
  const senders: Sender[] = []
  for (let n = 0; n < draining; n++) senders.push(await server.enrol(`drain-${n}`))
  const perS: number[] = []
  for (let run = 0; run < warmups + runs; run++) {
    const loads = await Promise.all(senders.map((sender, at) => sealRun(sender, { at, run })))
    const startMs = wallMs()
    await Promise.all(loads.map(load => sendAll(server.url, load)))
    const rate = (draining * batchesPerRun * resultsPerBatch * 1000) / (wallMs() - startMs)
    note(`${Math.round(rate)} results/s${run < warmups ? ' (warming)' : ''}, ${server.rssMib()} MiB resident`)
    if (run >= warmups) perS.push(rate)
  }
  return perS
}

const sealRun = async (
  sender: Sender,
  { at, run }: { readonly at: number; readonly run: number },
): Promise<readonly Sealed[]> => {
  const sealed: Sealed[] = []
  for (let n = 0; n < batchesPerRun; n++) {
    const batch = run * batchesPerRun + n
    sealed.push(await sender.seal(ingestLines({ seed: at * 1000 + batch, batch, count: resultsPerBatch })))
  }
  return sealed
}

const sendAll = async (url: string, load: readonly Sealed[]): Promise<void> => {
  for (const sealed of load) {
    const { status, text } = await sendSealed(url, sealed)
    if (status !== 201) throw new Error(`batch ${sealed.seq} was answered ${status}: ${text}`)
  }
}
