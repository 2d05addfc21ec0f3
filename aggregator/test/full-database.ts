import { createHash } from 'node:crypto'
import { keyFromSeed } from '@llmstatus/shared/identity'
import { sql } from 'kysely'
import { quoted, readTables } from '../src/backup/catalogue.ts'
import { tableNames } from '../src/backup/tables.ts'
import type { Store } from '../src/db/store.ts'
import { definitionLine, resultLine, skipLine } from './lines.ts'
import { seededRandom } from './random.ts'
import { startMs, type TestApp } from './test-app.ts'
import { enrolled, post, type TestProber } from './test-prober.ts'

const dayMs = 86_400_000
/** Everything that a text format could stumble over. */
const nasty = `${String.raw`a"b\c{d},'e';NULL \N \x00 é 漢 🙂 $1 `}\t\n\r\v`

/** What probers send, and beside it a row of every table that no batch fills, with values at the edge of their types. */
export const fillDatabase = async (test: TestApp, store: Store): Promise<readonly TestProber[]> => {
  const probers = [await enrolled(test, 'eu-1'), await enrolled(test, 'us-1')]
  for (const prober of probers) {
    await send(test, await prober.seal([definitionLine(startMs), ...someLines(prober)]))
    await send(test, await prober.rotate(await keyFromSeed(seededRandom(`next ${prober.id}`)(32))))
    await send(test, await prober.seal([...someLines(prober), { not: 'a line' }]))
    const { seq } = prober.head()
    await send(
      test,
      await prober.gap({ from_seq: seq + 1, to_seq: seq + 3, from: null, to: null, lost: 7, reason: 'spool_full' }),
    )
    await send(test, await prober.seal(someLines(prober)))
  }
  await fillTheRest(store)
  for (const table of tableNames) await fillWhereEmpty(store, table)
  return probers
}

const send = async (test: TestApp, record: Parameters<typeof post>[1]): Promise<void> => {
  const response = await post(test.app, record)
  if (response.statusCode !== 201) throw new Error(response.body)
}

const someLines = (prober: TestProber) => [
  ...Array.from({ length: 20 }, (_, n) =>
    resultLine(prober.uuid(), startMs - n * 3_600_000, {
      model_reported: n % 3 === 0 ? 'x"y\\z' : null,
      cost_usd: n / 3,
      us: { ...resultLine('', 0).us, first_token: 200_000 + n * 7919, last_byte: 900_000 + n * 104_729 },
    }),
  ),
  // no partition is made for a day so far away
  resultLine(prober.uuid(), startMs - 90 * dayMs),
  // its definition never comes
  resultLine(prober.uuid(), startMs, { def: createHash('sha256').update(prober.uuid()).digest('base64url') }),
  skipLine(prober.uuid(), startMs - 300_000),
]

const openIncident = {
  id: '00000000-0000-0000-0000-000000000001',
  provider: nasty,
  state: nasty,
  impact: 'major',
  impact_now: 'minor',
  reason: '',
  opened_at: '1999-12-31T23:59:59.999Z',
  clean_windows: 0,
  scope: [{ model: nasty, probe: '' }],
}

const fillTheRest = async (store: Store): Promise<void> => {
  const { jwk } = await keyFromSeed(seededRandom('a key from before')(32))
  const at = new Date('1999-12-31T23:59:59.999Z')
  const { db } = store
  await db.insertInto('aggregator').values({ kid: nasty, since: at }).execute()
  await db
    .insertInto('former_key')
    .values({ kid: nasty, jwk: JSON.stringify(jwk), since: at, until: at })
    .execute()
  await db
    .insertInto('ledger_anchor')
    .values({ prober: 99, seq: Number.MAX_SAFE_INTEGER, hash: nasty, dropped_at: at })
    .execute()
  await db
    .insertInto('custom_definition')
    .values({ provider: nasty, model: '', name: nasty, definition: nasty, added_at: at })
    .execute()
  await db
    .insertInto('definition_set')
    .values({ version: 2_147_483_647, content: nasty, expires: at, jws: nasty })
    .execute()
  const judged = { state: nasty, reason: nasty, blame: null, since: at, judged_at: at }
  await db
    .insertInto('vote')
    .values({ ...judged, endpoint: 1, prober: 1, evidence: JSON.stringify({ [nasty]: [1e-300, nasty] }) })
    .execute()
  await db
    .insertInto('verdict')
    .values({ ...judged, endpoint: 1, confidence: 'low', voters: 1, agree: 1 })
    .execute()
  const body = Buffer.from(Array.from({ length: 256 }, (_, n) => n))
  await sql`insert into ledger (prober, seq, typ, hash, jws, body, received_at, receipt, n)
    values (99, 1, 'x', ${nasty}, ${nasty}, ${body}, ${at}, '', 0), (99, 2, 'x', '', '', '', ${at}, '', 0)`.execute(db)
  await sql`insert into incident select * from jsonb_populate_record(null::incident, ${JSON.stringify(openIncident)}::jsonb)
  `.execute(db)
  await sql`insert into incident_event (incident, n, at, kind, text, evidence)
    values ('00000000-0000-0000-0000-000000000001', -1, ${at}, 'note', ${nasty}, ${JSON.stringify({ nasty })}::jsonb)`.execute(
    db,
  )
  await sql`insert into sketch_day (prober, endpoint, start, metric, scale, i, c, n, sum, min, max) values
    (99, 1, '-infinity', ${nasty}, -32768, '{-32768,32767}', '{2147483647,0}', 0, 'NaN', 'Infinity', 4.9406564584124654e-324),
    (99, 2, '2026-11-20', '', 0, '{}', '{}', 0, 0.1, null, 1.7976931348623157e308)`.execute(db)
  await sql`insert into rollup_day (prober, endpoint, start, planned, ok, provider_failed, account_failed, config_failed,
      vantage_failed, unclassified, skipped, tokens_out, cost_usd)
    values (99, 1, '2026-11-20', 9223372036854775807, 0, 0, 0, 0, 0, 0, 0, 0, 0.30000000000000004)`.execute(db)
  // a number was given out, and its row is gone
  await sql`insert into endpoint (provider, model, probe) values ('gone', '', 'chat')`.execute(db)
  await sql`delete from endpoint where provider = 'gone'`.execute(db)
}

/** A table that is new has one row of something, so that it is not forgotten here. */
const fillWhereEmpty = (store: Store, name: string): Promise<void> =>
  store.transact(async session => {
    const [table] = await readTables(session, [name])
    const rows = await session.query(`select from ${quoted(name)} limit 1`)
    if (table === undefined || rows.length > 0) return
    const values = table.columns.map(column => `'${(samples[column.type] ?? '1').replaceAll("'", "''")}'`)
    await session.exec(`insert into ${quoted(name)} overriding system value values (${values.join(', ')})`)
  })

const samples: Readonly<Record<string, string>> = {
  text: nasty,
  jsonb: JSON.stringify([nasty, { nasty: null }]),
  uuid: '00000000-0000-0000-0000-000000000002',
  'timestamp(3) with time zone': '1999-12-31T23:59:59.999Z',
  date: '2026-11-20',
  boolean: 'true',
}
