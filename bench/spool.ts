import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { signReceipt } from '@llmstatus/shared/batch'
import { keyFromJwk, keyFromSeed } from '@llmstatus/shared/identity'
import { ProberId, sha256, uuid7 } from '@llmstatus/shared/ids'
import { saveIdentity } from '../prober/src/report/identity-file.ts'
import { createKeyring } from '../prober/src/report/keyring.ts'
import { createNotary } from '../prober/src/report/notary.ts'
import { nodeFiles } from '../prober/src/spool/node-files.ts'
import { openSpool, type Spool } from '../prober/src/spool/spool.ts'
import type { Bench, Measurement } from './bench.ts'
import { noLimit, summarise, wallMs } from './measure.ts'
import { sampleLines } from './sample.ts'

/** How fast a result becomes durable, against what the disk can do at all, and how fast what has gathered goes out again. */

const runs = 5
const singles = 1500
const together = 16
const gathered = 40_000
const startMs = Date.UTC(2026, 0, 15, 9)

export const bench = {
  about:
    'results that become durable a second against the fsyncs of the disk, and that go out of a spool that has gathered',
  options: ['--dir'],
  run: async ({ options, note }) => {
    const parent = typeof options['--dir'] === 'string' ? options['--dir'] : tmpdir()
    const folder = mkdtempSync(join(parent, 'llmstatus-bench-spool-'))
    try {
      note(`on ${folder}`)
      const alone: number[] = []
      const crowd: number[] = []
      const fsyncs: number[] = []
      const drained: number[] = []
      let bytesEach = 0
      for (let run = 0; run <= runs; run++) {
        const lines = sampleLines({ count: singles, seed: run + 1 })
        const fsync = fsyncsPerS(join(folder, `plain-${run}`), lines)
        const one = await appendedPerS(join(folder, `one-${run}`), lines, 1)
        const many = await appendedPerS(join(folder, `many-${run}`), lines, together)
        const out = await drainedPerS(join(folder, `out-${run}`), run)
        bytesEach = out.bytesEach
        // the first one warms up
        if (run === 0) continue
        alone.push(one)
        crowd.push(many)
        fsyncs.push(fsync)
        drained.push(out.perS)
      }
      const { value: limit_value } = summarise(fsyncs)
      return [
        rate('default', alone, { limit: 'fsync', limit_value }),
        rate(`${together}_at_once`, crowd, { limit: 'fsync', limit_value }),
        rate('drain', drained, noLimit),
        { case: 'drain', metric: 'stored_bytes_each', unit: 'B', ...summarise([bytesEach]), ...noLimit },
      ]
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
} satisfies Bench

const rate = (
  name: string,
  perS: readonly number[],
  limit: Pick<Measurement, 'limit' | 'limit_value'>,
): Measurement => ({ case: name, metric: 'results_per_s', unit: 'results/s', ...summarise(perS), ...limit })

/** As often as this disk takes a line to be durable, with nothing around it. */
const fsyncsPerS = (path: string, lines: readonly string[]): number => {
  const file = openSync(path, 'wx')
  const begunMs = wallMs()
  for (const line of lines) {
    writeSync(file, `${line}\n`)
    fdatasyncSync(file)
  }
  const tookMs = wallMs() - begunMs
  closeSync(file)
  return (lines.length * 1000) / tookMs
}

const open = async (folder: string): Promise<Spool> => {
  const { spool } = await openSpool({
    files: nodeFiles(folder),
    quarantine: nodeFiles(`${folder}-quarantine`),
    maxBytes: 64 << 20,
    nowMs: () => startMs,
    onDurable: () => undefined,
    checkpoint: async () => undefined,
    onLoss: () => undefined,
  })
  return spool
}

/** So many wait for their turn at any time. */
const appendedPerS = async (folder: string, lines: readonly string[], atOnce: number): Promise<number> => {
  const spool = await open(folder)
  const left = lines[Symbol.iterator]()
  const begunMs = wallMs()
  const worker = async () => {
    for (const line of left) await spool.append([line])
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  const tookMs = wallMs() - begunMs
  await spool.close()
  return (lines.length * 1000) / tookMs
}

/** From the first record to the last receipt, each believed before the next is signed; nobody else's time is in it. */
const drainedPerS = async (
  folder: string,
  seed: number,
): Promise<{ readonly perS: number; readonly bytesEach: number }> => {
  const spool = await open(folder)
  const { notary, aggregator, prober } = await parties(folder)
  const lines = sampleLines({ count: gathered, seed: 100 + seed })
  for (let at = 0; at < lines.length; at += 200) await spool.append(lines.slice(at, at + 200))
  let [sent, bytes] = [0, 0]
  const begunMs = wallMs()
  for (let flight = await spool.next(notary); flight !== null; flight = await spool.next(notary)) {
    const receipt = await signReceipt(aggregator, { sub: prober, seq: flight.seq, h: sha256(flight.jws) })
    if ((await spool.settle(notary, receipt)) !== 'freed') throw new Error('a receipt does not hold')
    sent += flight.lines
    bytes += flight.body.length
  }
  const tookMs = wallMs() - begunMs
  await spool.close()
  if (sent !== gathered) throw new Error(`${sent} of ${gathered} went out`)
  return { perS: (sent * 1000) / tookMs, bytesEach: bytes / sent }
}

const parties = async (folder: string) => {
  const aggregator = await keyFromSeed(new Uint8Array(32).fill(2))
  const prober = ProberId.parse(uuid7(startMs, new Uint8Array(10)))
  const files = nodeFiles(`${folder}-identity`)
  const random = (bytes: number) => new Uint8Array(bytes).fill(5)
  const clock = { nowMs: () => startMs, monoUs: () => 0 }
  const pinned = { url: 'https://status.example', key: await keyFromJwk(aggregator.jwk) }
  const enrolled = { prober, aggregator: pinned, enrolledAt: new Date(startMs).toISOString() }
  const identity = await saveIdentity(files, enrolled, new Uint8Array(32).fill(1))
  const notary = createNotary({
    prober,
    keys: createKeyring(identity, { files, clock, random, tell: () => undefined }),
    boot: { id: uuid7(startMs, new Uint8Array(10)), monoUs: 0 },
    clock,
    random,
    defs: () => sha256('definitions'),
    about: () => ({ version: '0.1.0', region: null, continent: null, offset_ms: null }),
  })
  return { notary, aggregator, prober }
}
