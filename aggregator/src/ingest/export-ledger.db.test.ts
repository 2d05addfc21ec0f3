import { randomBytes } from 'node:crypto'
import { verifyExport } from '@llmstatus/shared/ledger-report'
import { beforeEach, expect, it } from 'vitest'
import { eachEngine } from '../../../test/postgres.ts'
import { definitionLine, resultLine } from '../../test/lines.ts'
import { startMs, type TestApp, testApp } from '../../test/test-app.ts'
import { enrolled, post, type TestProber } from '../../test/test-prober.ts'
import { type LedgerRange, readLedgerPage } from './export-ledger.ts'

eachEngine('an export of the ledger', database => {
  let test: TestApp
  let prober: TestProber
  let num = 0
  beforeEach(async () => {
    test = await testApp(database.store().db)
    prober = await enrolled(test)
    const row = await test.deps.db.selectFrom('prober').select('num').executeTakeFirstOrThrow()
    num = row.num
  })

  const send = async (lines: readonly string[]) => {
    expect((await post(test.app, await prober.sealText(lines))).statusCode).toBe(201)
    test.clock.ms += 1000
  }
  const pages = async (over: Partial<LedgerRange> = {}) => {
    const all: (readonly string[])[] = []
    for (let afterSeq: number | null = 0; afterSeq !== null; ) {
      const range: LedgerRange = { prober: num, afterSeq, fromMs: null, toMs: null, ...over }
      const page = await readLedgerPage(test.deps.db, { ...range, afterSeq })
      if (page.lines.length > 0) all.push(page.lines)
      afterSeq = page.lastSeq
    }
    return all
  }
  const verify = (lines: readonly string[]) => {
    const each = async function* () {
      yield* lines.map(line => line.trimEnd())
    }
    return verifyExport(each(), { prober: prober.id, keys: [prober.key()], aggregators: [test.key] })
  }

  it('holds the bytes that came, and whoever has the keys finds it intact', async () => {
    await send([definitionLine(startMs), resultLine(prober.uuid(), startMs)].map(line => JSON.stringify(line)))
    await send(['not a line of ours'])
    const all = (await pages()).flat()
    const rows = await test.deps.db.selectFrom('ledger').selectAll().orderBy('seq').execute()
    expect(all.map(line => JSON.parse(line))).toEqual(
      rows.map(({ jws, body, received_at, receipt }) => ({
        jws,
        body: Buffer.from(body).toString('base64'),
        received_at: received_at.toISOString(),
        receipt,
      })),
    )
    expect(await verify(all)).toMatchObject({ records: 2, definitions: 1, broken: null, unreadable: null })
    expect(await verify(all.with(0, all[1] ?? ''))).toMatchObject({ broken: { seq: 2 } })
  })

  it('comes in pages of some mebibytes, each record once', async () => {
    const noise = () => Array.from({ length: 60 }, () => randomBytes(6000).toString('base64'))
    for (let n = 0; n < 16; n++) await send(noise())
    const some = await pages()
    const sizes = some.map(page => page.reduce((sum, line) => sum + line.length, 0))
    expect(some.length).toBeGreaterThan(1)
    expect(Math.max(...sizes)).toBeLessThan(8 << 20)
    expect(await verify(some.flat())).toMatchObject({ records: 16, from: 1, to: 16, broken: null })
  })

  it('is of what was received in a time, and is intact from where it begins', async () => {
    for (let n = 0; n < 5; n++) await send([])
    const lines = (await pages({ fromMs: startMs + 1000, toMs: startMs + 3000 })).flat()
    expect(await verify(lines)).toMatchObject({ records: 2, from: 2, to: 3, broken: null })
    expect(await pages({ fromMs: startMs + 5000 })).toEqual([])
  })
})
