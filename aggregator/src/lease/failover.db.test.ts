import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { eachEngine } from '../../../test/postgres.ts'
import { daysAhead, ensureDays } from '../db/days.ts'
import { addDefinition, addEndpoint, addProber, addResult } from '../judge/testing/rows.ts'
import { leaseTimes } from './lease.ts'

/**
 * Real replicas, whose holder of the lease is killed again and again during an outage. Ten times as fast as they are, unless it is
 * the long run.
 */
const isLong = process.env.TEST_LONG === '1'
const speed = isLong ? 1 : 10
const kills = isLong ? 20 : 3

const program = fileURLToPath(new URL('../../test/judge-until-killed.ts', import.meta.url))

/** Beside its turn a replica needs time for a statement; the short run is on a machine that does much else. */
const longestMs = isLong ? leaseTimes.lifeMs + leaseTimes.lookMs + 500 : 15_000

eachEngine('the holder of the lease', database => {
  const replicas = new Set<ChildProcess>()
  afterEach(() => {
    for (const replica of replicas) replica.kill('SIGKILL')
    replicas.clear()
  })

  /** Who said last that it judges, and when. */
  let holder: { readonly replica: ChildProcess; readonly atMs: number } | null = null
  let onTaken: () => void = () => undefined
  const faults: string[] = []

  let onStarted: () => void = () => undefined
  const startReplica = async (): Promise<void> => {
    const started = new Promise<void>(resolve => {
      onStarted = resolve
    })
    const replica = spawn(process.execPath, [program, database.url() ?? '', String(speed)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    replicas.add(replica)
    createInterface({ input: replica.stdout }).on('line', line => {
      const { level, msg, time } = JSON.parse(line) as { level: number; msg: string; time: number }
      if (level >= 50) faults.push(line)
      if (msg === 'started') onStarted()
      if (!msg.startsWith('this replica judges')) return
      holder = { replica, atMs: time }
      onTaken()
    })
    await started
  }
  const taken = (): Promise<void> =>
    new Promise(resolve => {
      onTaken = resolve
    })

  const outage = async () => {
    const { db } = database.store()
    const prober = await addProber(db, 'frankfurt', { last_batch_at: new Date(0) })
    const endpoint = await addEndpoint(db, { model: 'gpt-4.1-nano', probe: 'chat' })
    const definition = await addDefinition(db, { prober, endpoint, type: 'chat', every_ms: 20_000 })
    const line = { prober, endpoint, definition }
    const fail = (slotMs: number) => addResult(db, line, { slotMs, outcome: 'timeout', why: 'followup' })
    const nowMs = Date.now()
    // as ingest does: who writes beside somebody that makes today would have its row refused
    await db.transaction().execute(trx => ensureDays(trx, daysAhead(nowMs)))
    for (let ago = 280; ago >= 0; ago -= 20) await fail(nowMs - ago * 1_000)
    return { fail }
  }

  describe.skipIf(database.engine === 'pglite')('is followed when it is killed', () => {
    it(`${kills} times during an outage: one incident, opened once, one open notice, and never long without a holder`, {
      timeout: 600_000,
    }, async () => {
      const { db } = database.store()
      const { fail } = await outage()
      const first = taken()
      startReplica()
      startReplica()
      await first
      const gapsMs: number[] = []
      for (let i = 0; i < kills; i++) {
        const next = taken()
        const killed = holder?.replica
        if (killed === undefined) throw new Error('nobody holds it')
        const gone = once(killed, 'exit')
        killed.kill('SIGKILL')
        const killedMs = Date.now()
        await gone
        replicas.delete(killed)
        startReplica()
        await next
        gapsMs.push((holder?.atMs ?? 0) - killedMs)
        await fail(Date.now())
      }
      await expect.poll(() => db.selectFrom('notice').selectAll().execute(), { timeout: 10_000 }).toHaveLength(1)
      const incidents = await db.selectFrom('incident').selectAll().execute()
      const events = await db.selectFrom('incident_event').select('kind').execute()
      const { fence } = await db.selectFrom('lease').select('fence').executeTakeFirstOrThrow()
      expect(incidents).toMatchObject([{ provider: 'openai', state: 'outage', resolved_at: null }])
      expect(events.filter(event => event.kind === 'opened')).toHaveLength(1)
      expect(fence).toBeGreaterThan(kills)
      expect(Math.max(...gapsMs), `gaps: ${gapsMs.join(', ')} ms`).toBeLessThanOrEqual(longestMs)
      expect(faults).toEqual([])
    })
  })
})
