import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { eachEngine } from '../../../test/postgres.ts'
import type { Store } from '../db/store.ts'
import { createLease, type LeaseDeps, leaseTimes } from './lease.ts'

const replica = (db: Store['db'], holder: string, over: Partial<LeaseDeps> = {}) => {
  const clock = { ms: 0, nowMs: () => clock.ms }
  return { clock, lease: createLease({ db, clock, name: 'judge', holder, rivals: 'possible', ...over }) }
}

eachEngine('the lease', database => {
  const db = () => database.store().db
  /** As time does it. */
  const runOut = () => sql`update lease set until = clock_timestamp() - interval '1 ms'`.execute(db())
  const fence = async () => (await db().selectFrom('lease').selectAll().executeTakeFirstOrThrow()).fence
  const confirmed = (lease: ReturnType<typeof createLease>) =>
    db()
      .transaction()
      .execute(trx => lease.confirm(trx))

  it('is held by one of many that ask at once', async () => {
    const all = Array.from({ length: 8 }, (_, i) => replica(db(), `replica ${i}`).lease)
    await Promise.all(all.map(lease => lease.look()))
    expect(all.filter(lease => lease.isHeld())).toHaveLength(1)
  })

  it('is renewed when that is due, and keeps its number', async () => {
    const { lease, clock } = replica(db(), 'one')
    await lease.look()
    const until = async () => (await db().selectFrom('lease').select('until').executeTakeFirstOrThrow()).until
    const first = await until()
    clock.ms = leaseTimes.renewMs - 1
    await lease.look()
    expect(await until()).toEqual(first)
    clock.ms = leaseTimes.renewMs
    await sql`select pg_sleep(0.002)`.execute(db())
    await lease.look()
    expect([(await until()) > first, await fence()]).toEqual([true, 1])
  })

  it('is not held any more by whoever could not renew it, long before somebody else may have it', async () => {
    const { lease, clock } = replica(db(), 'one')
    await lease.look()
    clock.ms = leaseTimes.lifeMs
    expect(lease.isHeld()).toBe(false)
  })

  it('goes to the next one when it has run out, under a higher number', async () => {
    const [one, two] = [replica(db(), 'one').lease, replica(db(), 'two').lease]
    await one.look()
    await two.look()
    expect([one.isHeld(), two.isHeld()]).toEqual([true, false])
    await runOut()
    await two.look()
    expect([two.isHeld(), await fence()]).toEqual([true, 2])
  })

  it('lets one that was held up write nothing, though it still believes that it is the holder', async () => {
    const [one, two] = [replica(db(), 'one').lease, replica(db(), 'two').lease]
    await one.look()
    expect(await confirmed(one)).toBe(true)
    await runOut()
    await two.look()
    expect([one.isHeld(), await confirmed(one), await confirmed(two)]).toEqual([true, false, true])
  })

  it('comes back under another number to one that let it run out', async () => {
    const one = replica(db(), 'one')
    await one.lease.look()
    await runOut()
    one.clock.ms = leaseTimes.renewMs
    await one.lease.look()
    expect([await fence(), await confirmed(one.lease)]).toEqual([2, true])
  })

  it('is there for the next one at once when it was released', async () => {
    const [one, two] = [replica(db(), 'one').lease, replica(db(), 'two').lease]
    await one.look()
    await one.release()
    await two.look()
    expect([one.isHeld(), two.isHeld(), await confirmed(one)]).toEqual([false, true, false])
  })

  it('is taken from whoever is gone for certain, where nobody else can use the database', async () => {
    const [before, after] = [replica(db(), 'before').lease, replica(db(), 'after', { rivals: 'none' }).lease]
    await before.look()
    await after.look()
    expect([after.isHeld(), await confirmed(before)]).toEqual([true, false])
  })

  describe.skipIf(database.engine === 'pglite')('between two connections', () => {
    it('is not taken between a confirmation and its commit', async () => {
      const [one, two] = [replica(db(), 'one').lease, replica(db(), 'two').lease]
      await one.look()
      await runOut()
      const order: string[] = []
      let taking: Promise<unknown> = Promise.resolve()
      await db()
        .transaction()
        .execute(async trx => {
          expect(await one.confirm(trx)).toBe(true)
          taking = two.look().then(() => order.push('taken'))
          await sql`select pg_sleep(0.05)`.execute(trx)
          order.push('committed')
        })
      await taking
      expect([order, two.isHeld()]).toEqual([['committed', 'taken'], true])
    })
  })
})
