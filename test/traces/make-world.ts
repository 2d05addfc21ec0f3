import { testProbe } from '../../prober/test/test-probe.ts'
import { type Chance, chanceFrom } from './chance.ts'
import { failed, type Health, type Kind, kinds } from './kinds.ts'
import type { Profile } from './trace.ts'
import type { Look, World } from './world.ts'

/** Kind, profile and seed → a world. */

const minute = 60_000
const hour = 60 * minute

const listing = testProbe({ everyMs: minute, timeoutMs: 10_000 })
const chatOf = (model: string, everyMs: number) =>
  testProbe({ probe: 'chat', type: 'chat', model, everyMs, timeoutMs: 30_000 })

const probesOf = (profile: Profile, chance: Chance) =>
  profile === 'sparse'
    ? [listing, chatOf('small', 5 * minute)]
    : [listing, chatOf('small', chance.oneOf([minute, 5 * minute])), chatOf('large', 5 * minute)]

export const makeWorld = (kind: string, profile: Profile, seed: number): World => {
  const made: Kind | undefined = kinds[kind]
  if (made === undefined) throw new Error(`no kind of trace is called ${kind}`)
  const chance = chanceFrom(seed * 104_729 + [...kind].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 0))
  const vantages = profile === 'sparse' ? 1 : chance.oneOf(made.vantages ?? [1, 2, 3, 5])
  const health = { ...healthOf(chance), ...made.health?.(chance) }
  // Any hour of any day of that week.
  const startMs = Date.UTC(2026, 10, 12) + Math.round(chance.between(0, 7 * 24) * hour)
  const healthy = (look: Look) => healthyLook(health, look)
  const plot = made.plot({ chance, startMs, vantages, health, healthy })
  const isNew = chance.hits(0.3) && plot.usedToTakeMs === undefined
  const usual = plot.usedToTakeMs ?? (look => tookMs(health, look))
  return {
    kind,
    profile,
    seed,
    startMs,
    endMs: startMs + Math.round(plot.hours * hour),
    labels: plot.labels ?? [],
    probes: probesOf(profile, chance),
    vantages,
    finds: plot.finds ?? healthy,
    usedToTakeMs: isNew ? null : usual,
    deliveryMs: plot.deliveryMs ?? (() => 1000),
    clockMs: plot.clockMs ?? (() => 0),
  }
}

const healthOf = (chance: Chance): Health => ({
  chat: { medianMs: chance.between(400, 1300), sigma: chance.between(0.25, 0.5) },
  listing: { medianMs: chance.between(80, 300), sigma: 0.3 },
  noise: chance.between(0.001, 0.01),
})

const tookMs = ({ chat, listing }: Health, { probe, chance }: Look): number =>
  chance.latencyMs(probe.type === 'chat' ? chat : listing)

const healthyLook = (health: Health, look: Look) =>
  look.chance.hits(health.noise)
    ? failed(look.chance.oneOf(['timeout', 'server_error', 'connection_reset', 'overloaded']), look)
    : { outcome: 'ok' as const, signal: null, httpStatus: 200, tookMs: tookMs(health, look) }
