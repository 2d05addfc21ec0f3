import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { errorNames } from '../../simulator/src/providers/provider.ts'
import { relativesErrors } from '../../simulator/src/providers/relatives-errors.ts'
import { providers as table } from '../../simulator/src/providers/table.ts'
import { createSimulator, type Simulator } from '../../simulator/src/simulator.ts'
import { type Ask, asksOf, originals, relatives, type Speaker, tokenDoor } from './testing/ask-everything.ts'
import { sayAll } from './testing/say.ts'
import { expectedOf, idleRows, readTable, scenarioOf } from './testing/scenario-table.ts'

/** Every error that the simulator knows by name, in every dialect, through the real measure, against its table. */

const rows = readTable('documented-errors.md')
const speakers = [...originals, ...relatives]

let sim: Simulator
let asks: readonly Ask[]
beforeAll(async () => {
  sim = await createSimulator({ only: [...speakers.map(({ provider }) => provider), tokenDoor] })
  const where = { scheme: 'http', timeoutMs: 15_000, ca: sim.ca } as const
  asks = asksOf(speakers, { ...where, origin: id => sim.providers[id]?.http ?? '' }).filter(
    ({ probe }) => probe.type !== 'tcp',
  )
})
afterAll(() => sim.close())

/** An original has its dialect's errors too; of a relative only its own are of interest. */
const errorsOf = ({ provider: id, dialect: name }: Speaker): readonly string[] => {
  const provider = table.find(row => row.id === id)
  if (provider === undefined) throw new Error(`the simulator has no ${id}`)
  const dialect = provider.also.find(each => each.name === name)
  if (dialect !== undefined) return errorNames({ ...provider, dialect })
  return originals.some(({ provider }) => provider === id)
    ? errorNames(provider)
    : Object.keys(relativesErrors[id] ?? {})
}

describe('each error becomes what the table says', () => {
  test.each(speakers.map(speaker => [speaker.who, speaker] as const))('%s', async (_who, speaker) => {
    const own = asks.filter(({ words }) => words.startsWith(`${speaker.who} `))
    for (const error of errorsOf(speaker)) {
      const does = `status {"error":"${error}"}`
      await sim.put(scenarioOf(does, speaker.provider))
      const said = await sayAll(own, own.length)
      expect([error, ...said]).toEqual([
        error,
        ...expectedOf(
          rows.filter(row => row.does === does),
          own,
        ),
      ])
    }
  })
})

test('the table has no row that holds for nothing', () => {
  expect(idleRows(rows, asks)).toEqual([])
})
