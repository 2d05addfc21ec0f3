import { inflateLines, openBatch, packBody, signBatch } from '@llmstatus/shared/batch'
import { type Head, noHead, placeInChain } from '@llmstatus/shared/chain'
import { keyFromSeed, type SigningKey } from '@llmstatus/shared/identity'
import { instant, ProberId, sha256, uuid7 } from '@llmstatus/shared/ids'
import { readLine } from '@llmstatus/shared/result'
import type { Bench, Measurement } from './bench.ts'
import { coreMs, noLimit, summarise, timed } from './measure.ts'
import { sampleLines } from './sample.ts'

/** How fast one core takes signed batches in: what proves them, and what reads them. */

const resultsPerBatch = 1800
const batches = 20

interface Sealed {
  readonly jws: string
  readonly body: Uint8Array
}

export const bench = {
  about: `batches of ${resultsPerBatch} results a second of one core: verified, and read to parsed rows`,
  run: async ({ note }) => {
    const parties = await makeParties()
    note(`signing ${batches} batches`)
    const sealed = await sealChain(parties)
    const bytes = sealed.reduce((sum, { body }) => sum + body.length, 0)
    note(`${Math.round(bytes / batches / 1024)} KiB each`)
    const verifiedMs = await timed({ runs: 15, warmups: 2, clock: coreMs }, async () => {
      for (let round = 0; round < rounds; round++) await verifyChain(parties, sealed)
    })
    const readMs = await timed({ runs: 11, warmups: 1, clock: coreMs }, () => sealed.forEach(readAll))
    return [rate('batches_verified_per_s', rounds * batches, verifiedMs), rate('batches_read_per_s', batches, readMs)]
  },
} satisfies Bench

/** How often a run verifies the chain: once alone is too short for the clock. */
const rounds = 20

const rate = (metric: string, count: number, tookMs: readonly number[]): Measurement => ({
  case: 'default',
  metric,
  unit: 'batches/s',
  ...summarise(tookMs.map(ms => (count * 1000) / ms)),
  ...noLimit,
})

interface Parties {
  readonly prober: SigningKey
  readonly aggregator: SigningKey
  readonly id: ProberId
}

const makeParties = async (): Promise<Parties> => ({
  prober: await keyFromSeed(new Uint8Array(32).fill(1)),
  aggregator: await keyFromSeed(new Uint8Array(32).fill(2)),
  id: ProberId.parse(uuid7(startMs, new Uint8Array(10))),
})

const startMs = Date.UTC(2026, 0, 15, 9)

const sealChain = async (parties: Parties): Promise<Sealed[]> => {
  const sealed: Sealed[] = []
  let prev = noHead.hash
  for (let seq = 1; seq <= batches; seq++) {
    const body = packBody(sampleLines({ count: resultsPerBatch, seed: seq }))
    const jws = await signBatch(parties.prober, claimsOf(parties, { seq, prev }), body)
    sealed.push({ jws, body: body.bytes })
    prev = sha256(jws)
  }
  return sealed
}

const claimsOf = ({ id, aggregator }: Parties, { seq, prev }: { seq: number; prev: string }) => ({
  iss: id,
  aud: aggregator.kid,
  jti: uuid7(startMs + seq, new Uint8Array(10)),
  iat: startMs / 1000 + seq,
  seq,
  prev,
  from: instant(startMs),
  to: instant(startMs + resultsPerBatch * 333),
  defs: sha256('definitions'),
  boot: uuid7(startMs, new Uint8Array(10)),
  mono: seq * 1000,
})

/** Signature, claims, digest and place in the chain, as an aggregator takes them. */
const verifyChain = async ({ prober, aggregator, id }: Parties, sealed: readonly Sealed[]): Promise<void> => {
  let head: Head = noHead
  for (const { jws, body } of sealed) {
    const opened = await openBatch({ jws, body, key: prober, prober: id, audiences: [aggregator.kid] })
    if (!opened.ok || placeInChain(head, opened, null) !== 'next') throw new Error('a sample batch does not verify')
    head = { seq: opened.claims.seq, hash: opened.hash }
  }
}

const readAll = ({ body }: Sealed): void => {
  const lines = inflateLines(body, { len: body.length, ulen: 8 << 20 })
  if ('code' in lines) throw new Error(lines.detail)
  const read = lines.map(line => readLine(line))
  if (read.length !== resultsPerBatch || !read.every(line => line.ok)) throw new Error('a sample line does not read')
}
