import { blameOf } from '@llmstatus/shared/outcome'
import { type ResultLine, readLine } from '@llmstatus/shared/result'
import { expect } from 'vitest'
import type { Ask } from './ask-everything.ts'
import { measuring, slot } from './measuring.ts'

const never = new AbortController().signal

/** Every line that is made here is one that the aggregator takes. */
export const lineOf = async ({ probe }: Ask, { measure } = measuring()): Promise<ResultLine> => {
  const line = await measure(probe, slot, never)
  expect(readLine(JSON.stringify(line))).toMatchObject({ ok: true, kind: 'result', dropped: 0 })
  return line
}

/** The columns of a table in testdata/, in its order. */
const cellsOf = ({ outcome, operation, errno, signal, http_status }: ResultLine): string =>
  [outcome, operation, errno, signal, http_status, blameOf(outcome, signal)].map(cell => cell ?? '–').join(' ')

/** What becomes of each, as after a day on which every origin has answered: so many at once. */
export const sayAll = async (asks: readonly Ask[], atOnce: number): Promise<readonly string[]> => {
  const parts = measuring()
  for (const { probe } of asks) parts.reached.note(probe.credential.origin, Date.now())
  const said: string[] = []
  for (let at = 0; at < asks.length; at += atOnce) {
    const some = asks.slice(at, at + atOnce)
    said.push(...(await Promise.all(some.map(async ask => `${ask.words}: ${cellsOf(await lineOf(ask, parts))}`))))
  }
  return said
}
