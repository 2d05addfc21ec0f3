import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { eachEngine } from '../../../test/postgres.ts'
import { byDay, type Day, ensureDays } from './days.ts'
import type { Store } from './store.ts'

const insertSkip = (db: Store['db'], n: number, day: string) =>
  db
    .insertInto('skip')
    .values({
      slot: new Date(`${day}T01:00:00.000Z`),
      from_at: null,
      to_at: null,
      id: `0193489c-0000-7000-8000-00000000000${n}`,
      prober: 1,
      endpoint: 1,
      count: 1,
      why: 'schedule',
      reason: 'paused',
    })
    .execute()

/** Of every table that has days. */
const all = (days: readonly string[]): readonly Day[] => byDay.flatMap(of => days.map(day => ({ of, day })))

const places = async (db: Store['db']) =>
  (
    await sql<{
      place: string
      day: string
    }>`select tableoid::regclass::text as place, (slot at time zone 'utc')::date as day from skip order by slot`.execute(
      db,
    )
  ).rows

eachEngine('partitions', database => {
  it('are made once, by any number at once', async () => {
    const { db } = database.store()
    const days = ['2031-01-01', '2031-01-02']
    await Promise.all(Array.from({ length: 8 }, () => db.transaction().execute(trx => ensureDays(trx, all(days)))))
    for (const [n, day] of days.entries()) await insertSkip(db, n, day)
    expect(await places(db)).toEqual([
      { place: 'skip_20310101', day: '2031-01-01' },
      { place: 'skip_20310102', day: '2031-01-02' },
    ])
  })

  it('take over what waited for them among the strays', async () => {
    const { db } = database.store()
    await insertSkip(db, 1, '2032-05-01')
    await insertSkip(db, 2, '2032-05-02')
    expect((await places(db)).map(row => row.place)).toEqual(['skip_stray', 'skip_stray'])
    await db.transaction().execute(trx => ensureDays(trx, all(['2032-05-01'])))
    expect((await places(db)).map(row => row.place)).toEqual(['skip_20320501', 'skip_stray'])
  })

  it('are not made when the transaction around them fails', async () => {
    const { db } = database.store()
    await expect(
      db.transaction().execute(async trx => {
        await ensureDays(trx, all(['2033-01-01']))
        throw new Error('stop')
      }),
    ).rejects.toThrow('stop')
    await insertSkip(db, 1, '2033-01-01')
    expect((await places(db)).map(row => row.place)).toEqual(['skip_stray'])
  })

  it('carry the indexes of their table', async () => {
    const { db } = database.store()
    await db.transaction().execute(trx => ensureDays(trx, all(['2031-01-03'])))
    const { rows } = await sql<{ n: number }>`
      select count(*)::int as n from pg_index where indrelid = 'result_20310103'::regclass and indisvalid
    `.execute(db)
    expect(rows).toEqual([{ n: 2 }])
  })
})
