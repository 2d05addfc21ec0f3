import { blameOf } from '@llmstatus/shared/outcome'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { scenarios } from '../../simulator/src/scenarios/schema.ts'
import { createSimulator, type Simulator } from '../../simulator/src/simulator.ts'
import { dialects } from './dialects/dialects.ts'
import { type Ask, asksOf, originals, tokenDoor } from './testing/ask-everything.ts'
import { lineOf, sayAll } from './testing/say.ts'
import { expectedOf, idleRows, type Row, readTable, scenarioOf } from './testing/scenario-table.ts'

/** Every scenario × every dialect, through the real measure, against testdata/scenarios.md. */

const rows = readTable('scenarios.md')
const doings = [...new Set(rows.map(({ does }) => does))]

/** Where a deadline is what is looked at it is a short one; elsewhere a busy machine must not run into it. */
const timeoutsMs = { short: 1_000, long: 15_000 } as const
/** Each of them costs this process both sides of it. Where a deadline is waited for, it is waited for by many at once. */
const atOnce = { few: 8, many: 36 } as const

const providers = originals.map(({ provider }) => provider)
let sim: Simulator
let asks: Readonly<Record<keyof typeof timeoutsMs, readonly Ask[]>>
beforeAll(async () => {
  sim = await createSimulator({ only: [...providers, tokenDoor], pace: { firstTokenMs: 20, perTokenMs: 2 } })
  const within = (timeoutMs: number) =>
    (['http', 'https'] as const).flatMap(scheme =>
      asksOf(originals, { scheme, timeoutMs, ca: sim.ca, origin: id => sim.providers[id]?.[scheme] ?? '' }),
    )
  asks = { short: within(timeoutsMs.short), long: within(timeoutsMs.long) }
})
afterAll(() => sim.close())

const sayOnce = (named: readonly Ask[], { most }: { readonly most: number }): Promise<readonly string[]> =>
  sayAll(named, most)

/**
 * A busy machine may run into a short deadline, or hear of a reset before it has read what came before that. Whoever says
 * something else than is wanted there is asked again, alone, and twice at most; every other scenario has one try.
 */
const sayPatiently = async (
  named: readonly Ask[],
  { most, wanted }: { readonly most: number; readonly wanted: readonly string[] },
): Promise<readonly string[]> => {
  const said = [...(await sayAll(named, most))]
  for (const [index, ask] of named.entries())
    for (let again = 0; again < 2 && said[index] !== wanted[index]; again++)
      said[index] = (await sayAll([ask], 1))[0] ?? ''
  return said
}

const put = (does: string) => Promise.all(providers.map(provider => sim.put(scenarioOf(does, provider))))
const isPort = ({ words }: Ask) => words.includes('port')
const isDeadline = (own: readonly Row[]) => own.some(({ says }) => says.includes('ETIMEDOUT'))
const isRace = (own: readonly Row[]) => isDeadline(own) || own.some(({ says }) => says.includes('ECONNRESET'))

describe('a scenario becomes what the table says, in every dialect, streaming and not, over HTTP and TLS', () => {
  test.each(doings)('%s', async does => {
    const own = rows.filter(row => row.does === does)
    const [all, most] = isDeadline(own) ? [asks.short, atOnce.many] : [asks.long, atOnce.few]
    const named = own.some(({ words }) => words.includes('port')) ? all : all.filter(ask => !isPort(ask))
    await put(does)
    const wanted = expectedOf(own, named)
    const say = isRace(own) ? sayPatiently : sayOnce
    expect(await say(named, { most, wanted })).toEqual(wanted)
  })
})

describe('the table', () => {
  test('has every scenario that the simulator knows', () => {
    const known = new Set(doings.map(does => scenarioOf(does, '').do))
    expect([...known].sort()).toEqual(Object.keys(scenarios).sort())
  })
  test('has no row that holds for nothing', () => {
    expect(idleRows(rows, asks.long)).toEqual([])
  })
  test('is about every dialect', () => {
    const spoken = new Set(asks.long.map(({ probe }) => probe.dialect))
    expect([...spoken].sort()).toEqual(Object.keys(dialects).sort())
  })
})

test.each(['bad_certificate', 'cut {"after_tokens":0}'])(
  'where an origin never answered, %s is the vantage’s own trouble',
  async does => {
    await put(does)
    const lines = await Promise.all(asks.long.filter(ask => !isPort(ask)).map(ask => lineOf(ask)))
    const unanswered = lines.filter(({ outcome, http_status }) => outcome !== 'ok' && http_status === null)
    expect(unanswered).not.toEqual([])
    for (const { outcome, signal } of unanswered)
      expect([signal, blameOf(outcome, signal)]).toEqual(['never_reached', 'vantage'])
  },
)
