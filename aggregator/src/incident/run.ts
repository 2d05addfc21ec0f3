import { uuid7 } from '@llmstatus/shared/ids'
import type { Kysely } from 'kysely'
import type { Db } from '../db/schema.ts'
import type { Queries } from '../db/store.ts'
import type { Policy } from '../judge/policy.ts'
import { isFailing } from '../judge/state.ts'
import type { ProviderVerdict } from '../judge/verdict.ts'
import type { Lease } from '../lease/lease.ts'
import { evidenceOf } from './evidence.ts'
import { afterChanges, type Change, type Incident, isHappening } from './incident.ts'
import { readMeasured } from './measured.ts'
import {
  insertEvents,
  insertIncident,
  keepMeasured,
  lockIncident,
  type NewEvent,
  readWatched,
  updateIncident,
} from './queries.ts'
import { sentenceOf } from './sentence.ts'
import { stepIncident } from './step.ts'

export interface IncidentDeps {
  readonly db: Kysely<Db>
  /** Whether this replica is the one that may: what opens here is told to somebody. */
  readonly lease: Pick<Lease, 'isHeld' | 'confirm'>
  readonly policy: Policy
  readonly random: (bytes: number) => Uint8Array
  /** Names as people know them; a local target has none but its id. */
  readonly providers: ReadonlyMap<string, { readonly name: string }>
}

export interface Incidents {
  /**
   * What the judge says of some providers now. One transaction a provider, and none where nothing can change. Where another
   * replica has the lease nothing happens here: it hears the same with its next sweep.
   */
  readonly observe: (verdicts: readonly ProviderVerdict[], nowMs: number) => Promise<void>
}

export const createIncidents = (deps: IncidentDeps): Incidents => ({
  observe: async (verdicts, nowMs) => {
    if (!deps.lease.isHeld()) return
    const sinceMs = nowMs - deps.policy.incident.reopenWithinMs
    const watched = await readWatched(deps.db, { providers: verdicts.map(one => one.provider), sinceMs })
    const matters = verdicts.filter(one => watched.has(one.provider) || (isFailing(one.state) && one.opens))
    for (const verdict of matters) await apply(deps, verdict, nowMs)
  },
})

const apply = ({ db, lease, policy, random, providers }: IncidentDeps, verdict: ProviderVerdict, nowMs: number) =>
  db.transaction().execute(async trx => {
    if (!(await lease.confirm(trx))) return
    const incident = await lockIncident(trx, verdict.provider)
    const changes = stepIncident({ incident, verdict, policy, nowMs })
    const now = afterChanges(incident, changes, { id: uuid7(nowMs, random(10)), provider: verdict.provider, nowMs })
    if (changes.length === 0 || now === null) return
    if (now.id === incident?.id) await updateIncident(trx, now)
    else if (!(await insertIncident(trx, now))) return
    const name = providers.get(verdict.provider)?.name ?? verdict.provider
    await insertEvents(trx, now.id, eventsOf(now, changes, { name, verdict, incident, nowMs }))
    await keep(trx, now, changes)
  })

/** What it rests on is frozen when it closes, and open again when it reopens. */
const keep = async (trx: Queries, now: Incident, changes: readonly Change[]): Promise<void> => {
  const { id, provider, scope, openedMs, resolvedMs } = now
  const isClosed = changes.some(change => change.kind === 'resolved')
  if (isClosed && resolvedMs !== null)
    await keepMeasured(trx, id, await readMeasured(trx, { provider, scope, openedMs, untilMs: resolvedMs }))
  if (changes.some(change => change.kind === 'reopened')) await keepMeasured(trx, id, null)
}

const eventsOf = (
  now: Incident,
  changes: readonly Change[],
  told: Parameters<typeof sentenceOf>[1],
): readonly NewEvent[] =>
  changes.filter(isHappening).map(change => ({
    incident: now.id,
    at: new Date(told.nowMs),
    kind: change.kind,
    text: sentenceOf(change, told),
    evidence: { ...evidenceOf(told.verdict), ...(change.kind === 'resolved' ? { resolution: change.reason } : {}) },
  }))
