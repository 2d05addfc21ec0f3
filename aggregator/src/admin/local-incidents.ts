import { CodedError } from '@llmstatus/shared/errors'
import type { Store } from '../db/store.ts'
import { addNote } from '../incident/note.ts'
import type { Admin, IncidentView, NoteWish } from './admin.ts'

type About = Pick<Admin, 'incidents' | 'noteIncident'>

export interface IncidentsDeps {
  readonly db: Store['db']
  readonly clock: { readonly nowMs: () => number }
}

export const localIncidents = ({ db, clock }: IncidentsDeps): About => ({
  incidents: () => readIncidents(db),
  noteIncident: async wish => {
    const incident = await findIncident(db, wish)
    await addNote(db, { incident, text: wish.text }, clock.nowMs())
    return { incident }
  },
})

const most = 50

const readIncidents = async (db: Store['db']): Promise<readonly IncidentView[]> => {
  const rows = await db
    .selectFrom('incident')
    .select(['id', 'provider', 'state', 'impact', 'impact_now', 'reason', 'opened_at', 'resolved_at'])
    .orderBy('opened_at', 'desc')
    .orderBy('id', 'desc')
    .limit(most)
    .execute()
  return rows.map(({ opened_at, resolved_at, impact_now, ...row }) => ({
    ...row,
    impact_now: resolved_at === null ? impact_now : null,
    opened_at: opened_at.toISOString(),
    resolved_at: resolved_at?.toISOString() ?? null,
  }))
}

const isUuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)

const findIncident = async (db: Store['db'], { incident }: NoteWish): Promise<string> => {
  if (isUuid(incident)) return incident
  const open = await db
    .selectFrom('incident')
    .select('id')
    .where('provider', '=', incident)
    .where('resolved_at', 'is', null)
    .executeTakeFirst()
  if (open !== undefined) return open.id
  throw new CodedError('usage', `${incident} is no incident, and no provider that has an open one.`, {
    hint: 'See `incidents list`.',
  })
}
