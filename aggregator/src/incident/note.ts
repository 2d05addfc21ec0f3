import { CodedError } from '@llmstatus/shared/errors'
import type { Kysely } from 'kysely'
import type { Db } from '../db/schema.ts'
import { insertEvents } from './queries.ts'

/** What an operator adds to a timeline, open or closed. It changes nothing else of the incident. */

export const longestNote = 2_000

export interface Note {
  readonly incident: string
  readonly text: string
}

export const addNote = async (db: Kysely<Db>, { incident, text }: Note, nowMs: number): Promise<void> => {
  const cleaned = cleanText(text)
  if (cleaned === '' || cleaned.length > longestNote)
    throw new CodedError('usage', `A note has 1 to ${longestNote} characters, and this one ${cleaned.length}.`, {
      hint: 'Link to what is longer.',
    })
  await db.transaction().execute(async trx => {
    const there = await trx
      .selectFrom('incident')
      .select('id')
      .where('id', '=', incident)
      .forUpdate()
      .executeTakeFirst()
    if (there === undefined)
      throw new CodedError('usage', `There is no incident ${incident}.`, { hint: 'See `incidents list`.' })
    const event = { incident, at: new Date(nowMs), kind: 'note', text: cleaned, evidence: null }
    await insertEvents(trx, incident, [event])
  })
}

/** Lines stay lines; what would move a terminal's cursor, turn the text around or cannot be stored goes. */
const cleanText = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/[^\P{C}\n]/gu, '')
    .trim()
