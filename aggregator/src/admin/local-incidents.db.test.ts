import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { eachEngine } from '../../../test/postgres.ts'
import { localIncidents } from './local-incidents.ts'

const t0 = Date.UTC(2026, 10, 20, 12, 0, 0)

eachEngine('incidents on the command line', database => {
  const admin = () => localIncidents({ db: database.store().db, clock: { nowMs: () => t0 } })
  const add = async (provider: string, minute: number, resolved: boolean) => {
    const id = randomUUID()
    const opened_at = new Date(t0 + minute * 60_000)
    await database
      .store()
      .db.insertInto('incident')
      .values({
        id,
        provider,
        state: 'degraded',
        impact: 'critical',
        impact_now: 'minor',
        reason: 'timeout',
        opened_at,
        resolved_at: resolved ? opened_at : null,
        scope: '[]',
      })
      .execute()
    return id
  }
  const notes = () =>
    database.store().db.selectFrom('incident_event').select(['incident', 'kind', 'text', 'n']).execute()

  it('are listed, the newest first, with how bad they are and were', async () => {
    await add('openai', 0, true)
    await add('groq', 1, false)
    expect(await admin().incidents()).toMatchObject([
      { provider: 'groq', impact: 'critical', impact_now: 'minor', resolved_at: null },
      { provider: 'openai', impact: 'critical', impact_now: null, resolved_at: '2026-11-20T12:00:00.000Z' },
    ])
  })

  it('take a note by id, open or closed, and by the provider whose incident is open', async () => {
    const [closed, open] = [await add('openai', 0, true), await add('openai', 1, false)]
    await admin().noteIncident({ incident: closed, text: 'afterwards' })
    expect(await admin().noteIncident({ incident: 'openai', text: 'told them' })).toEqual({ incident: open })
    expect(await notes()).toEqual([
      { incident: closed, kind: 'note', text: 'afterwards', n: 1 },
      { incident: open, kind: 'note', text: 'told them', n: 1 },
    ])
  })

  it('take none where nothing is open', async () => {
    await add('openai', 0, true)
    await expect(admin().noteIncident({ incident: 'openai', text: 'x' })).rejects.toThrow(
      'no provider that has an open one',
    )
    await expect(admin().noteIncident({ incident: randomUUID(), text: 'x' })).rejects.toThrow('There is no incident')
  })
})
