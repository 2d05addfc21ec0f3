import { sql } from 'kysely'
import { beforeEach, describe, expect, it } from 'vitest'
import { eachEngine, migrations } from '../../../test/postgres.ts'
import { definitionLine, resultLine, skipLine } from '../../test/lines.ts'
import { startMs, type TestApp, testApp } from '../../test/test-app.ts'
import { enrolled, post, type TestProber } from '../../test/test-prober.ts'
import { openServer } from '../db/open-server.ts'
import type { Store } from '../db/store.ts'

/** The database as it is when it goes away at the nth statement from now: that statement never arrives. */
const cutAfter = (db: Store['db'], statements: number) => {
  let left = statements
  return db.withPlugin({
    transformQuery: ({ node }) => {
      if (left-- === 0) throw Object.assign(new Error('Connection terminated unexpectedly'), { code: 'ECONNRESET' })
      return node
    },
    transformResult: async ({ result }) => result,
  })
}

eachEngine('a database that goes away', database => {
  let test: TestApp
  let prober: TestProber
  beforeEach(async () => {
    test = await testApp(database.store().db)
    prober = await enrolled(test)
  })

  const all = async () => {
    const { db } = database.store()
    const counts = await Promise.all(
      (['ledger', 'result', 'skip', 'endpoint', 'definition', 'rollup_hour', 'sketch_hour'] as const).map(
        async table => {
          const { n } = await db
            .selectFrom(table)
            .select(eb => eb.fn.countAll().as('n'))
            .executeTakeFirstOrThrow()
          return [table, Number(n)]
        },
      ),
    )
    return Object.fromEntries(counts)
  }

  it('at any statement is a 503 with Retry-After, leaves nothing behind, and the same batch then lands once', async () => {
    const sent = await prober.seal([
      definitionLine(startMs),
      resultLine(prober.uuid(), startMs - 60_000),
      skipLine(prober.uuid(), startMs - 120_000),
    ])
    const before = await all()
    let statements = 0
    for (; ; statements++) {
      const { app } = await testApp(cutAfter(database.store().db, statements))
      const response = await post(app, sent)
      if (response.statusCode === 201) break
      expect([response.statusCode, response.json().code], `statement ${statements}`).toEqual([503, 'unavailable'])
      expect(response.headers['retry-after']).toBe('5')
      expect(await all()).toEqual(before)
    }
    expect(statements).toBeGreaterThan(8)
    expect((await post(test.app, sent)).statusCode).toBe(200)
    expect(await all()).toMatchObject({ ledger: 1, result: 1, skip: 1, rollup_hour: 1, sketch_hour: 2 })
  })

  describe('a server', () => {
    it('that ends our connections in the middle loses nothing', async context => {
      const url = database.url()
      if (url === null) return context.skip()
      const store = openServer(url, () => undefined)
      const { app } = await testApp(store.db)
      const batches = []
      for (let n = 0; n < 12; n++)
        batches.push(await prober.seal([definitionLine(startMs), resultLine(prober.uuid(), startMs - n * 1000)]))
      let ended = false
      const cutting = (async () => {
        while (!ended)
          await sql`
            select pg_terminate_backend(pid) from pg_stat_activity
            where datname = current_database() and pid <> pg_backend_pid() and application_name = 'llmstatus-aggregator'
              and backend_start < now() and query !~ 'pg_terminate_backend'
          `.execute(database.store().db)
      })()
      const statuses = new Set<number>()
      for (const sent of batches)
        for (let attempt = 0; ; attempt++) {
          const { statusCode } = await post(app, sent)
          statuses.add(statusCode)
          if (statusCode === 200 || statusCode === 201) break
          expect(statusCode).toBe(503)
          if (attempt === 20) ended = true
        }
      ended = true
      await cutting
      await store.close()
      expect(statuses).toContain(503)
      expect(await all()).toMatchObject({ ledger: 12, result: 12 })
      const { planned } = await database
        .store()
        .db.selectFrom('rollup_hour')
        .select(eb => eb.fn.sum('planned').as('planned'))
        .executeTakeFirstOrThrow()
      expect(Number(planned)).toBe(12)
    })

    it('that is not there makes the aggregator unready, and nothing else', async () => {
      const store = openServer('postgres://nobody@127.0.0.1:1/nothing', () => undefined)
      const { app } = await testApp(store.db)
      const headers = { host: 'localhost' }
      expect((await app.inject({ url: '/healthz', headers })).statusCode).toBe(200)
      expect((await app.inject({ url: '/readyz', headers })).statusCode).toBe(503)
      expect((await post(app, await prober.seal([]))).statusCode).toBe(503)
      await store.close()
    })
  })

  it('without its schema is not ready', async () => {
    const more = [...migrations, { n: 9999, name: '9999-x.sql', sql: '', sha256: 'x' }]
    const { app } = await testApp(database.store().db, { migrations: more })
    expect((await app.inject({ url: '/readyz', headers: { host: 'localhost' } })).statusCode).toBe(503)
    expect((await test.app.inject({ url: '/readyz', headers: { host: 'localhost' } })).statusCode).toBe(200)
  })
})
