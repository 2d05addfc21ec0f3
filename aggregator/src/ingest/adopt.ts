import { sql } from 'kysely'
import type { Queries } from '../db/store.ts'
import type { RolledResult } from '../rollup/accumulate.ts'
import { hasBuckets } from '../rollup/counts.ts'
import { rollUp } from '../rollup/store-buckets.ts'
import { factsOf } from './definitions.ts'
import { judgeLine, notClassified, type ResultRow, rolledOf } from './plan-rows.ts'

/**
 * Results that came before the line that says what was asked: a batch was lost, or a spool was cut. Once the line is
 * here they are classified and get their buckets, as if they had come after it.
 */

interface Waiting extends Omit<ResultRow, 'slot' | 'at'> {
  readonly slot: Date
  readonly probe: string
  readonly type: string | null
  readonly dialect: string | null
  readonly keyed: boolean | null
  readonly timeout_ms: number | null
}

const page = 2000

/** Answers in how many of them our outcome is not the one that was stated. */
export const adoptResults = async (
  trx: Queries,
  { prober, nowMs }: { readonly prober: number; readonly nowMs: number },
  definitions: readonly number[],
): Promise<number> => {
  let disagreed = 0
  if (definitions.length === 0) return disagreed
  for (;;) {
    const waiting = await readWaiting(trx, prober, definitions)
    if (waiting.length === 0) return disagreed
    const adopted = waiting.map(adopt)
    await writeVerdicts(trx, prober, adopted)
    const results = adopted.flatMap(({ rolled }) => (rolled === null ? [] : [rolled]))
    await rollUp(trx, { prober, nowMs }, { results, skips: [] })
    disagreed += adopted.filter(({ verdict }) => verdict.stated !== null).length
    if (waiting.length < page) return disagreed
  }
}

const readWaiting = async (
  trx: Queries,
  prober: number,
  definitions: readonly number[],
): Promise<readonly Waiting[]> => {
  const { rows } = await sql<Waiting>`
    select r.*, e.probe, d.type, d.dialect, d.keyed, d.timeout_ms
    from result r join definition d on d.id = r.definition join endpoint e on e.id = r.endpoint
    where r.prober = ${prober} and r.definition = any(${definitions}::int[]) and r.classifier = ${notClassified}
    limit ${page}
  `.execute(trx)
  return rows
}

interface Adopted {
  readonly row: Waiting
  readonly verdict: ReturnType<typeof judgeLine>
  readonly rolled: RolledResult | null
}

const adopt = (row: Waiting): Adopted => {
  const facts = factsOf(row)
  if (facts === null) throw new Error(`definition ${row.definition} was to be known by now`)
  const us = {
    dns: row.dns_us,
    tcp: row.tcp_us,
    tls: row.tls_us,
    sent: row.sent_us,
    first_byte: row.first_byte_us,
    first_token: row.first_token_us,
    first_visible: row.first_visible_us,
    last_byte: row.last_byte_us,
  }
  const verdict = judgeLine({ ...row, us }, facts)
  const isRolled = !row.clock_ahead && hasBuckets({ probe: row.probe, type: facts.type })
  const rolled = isRolled ? rolledOf({ ...row, outcome: verdict.outcome }, facts, row.slot.getTime()) : null
  return { row, verdict, rolled }
}

const writeVerdicts = async (trx: Queries, prober: number, adopted: readonly Adopted[]): Promise<void> => {
  await sql`
    update result r set outcome = v.outcome::probe_outcome, stated = v.stated::probe_outcome, classifier = v.classifier
    from unnest(
      ${adopted.map(({ row }) => row.endpoint)}::int[],
      ${adopted.map(({ row }) => row.slot.toISOString())}::timestamptz[],
      ${adopted.map(({ row }) => row.id)}::uuid[],
      ${adopted.map(({ verdict }) => verdict.outcome)}::text[],
      ${adopted.map(({ verdict }) => verdict.stated)}::text[],
      ${adopted.map(({ verdict }) => verdict.classifier)}::smallint[]
    ) as v(endpoint, slot, id, outcome, stated, classifier)
    where r.prober = ${prober} and r.endpoint = v.endpoint and r.slot = v.slot and r.id = v.id
  `.execute(trx)
}
