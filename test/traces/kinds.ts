import type { Outcome } from '@llmstatus/shared/outcome'
import type { Chance, Latency } from './chance.ts'
import type { Label } from './trace.ts'
import type { Found, Look } from './world.ts'

/**
 * The kinds of days that a provider and whoever watches it may have. Each is made from chance: when, how long, how bad.
 * A kind says what differs from a healthy day; `make-world.ts` has the healthy day.
 */
export interface Day {
  readonly chance: Chance
  readonly startMs: number
  readonly vantages: number
  /** What a healthy look finds at this time. */
  readonly healthy: (look: Look) => Found
  readonly health: Health
}

export interface Health {
  readonly chat: Latency
  readonly listing: Latency
  /** The share of looks that fail by chance. */
  readonly noise: number
}

/** All but `hours` may be left out: then it is as on a healthy day. */
export interface Plot {
  readonly hours: number
  readonly labels?: readonly Label[]
  readonly finds?: (look: Look) => Found
  readonly deliveryMs?: (look: Look) => number
  readonly clockMs?: (look: Pick<Look, 'ms' | 'vantage'>) => number
  readonly usedToTakeMs?: (look: Look) => number
}

export interface Kind {
  /** Health that this kind needs; the rest is as chance has it. */
  readonly health?: (chance: Chance) => Partial<Health>
  readonly plot: (day: Day) => Plot
  readonly vantages?: readonly [number, ...number[]]
}

const second = 1000
const minute = 60 * second
const hour = 60 * minute

const failures = [
  'server_error',
  'overloaded',
  'timeout',
  'connect_failed',
  'truncated',
] as const satisfies readonly Outcome[]

/** How a failure shows: at once, after a while, or by hanging until the time-out. */
export const failed = (outcome: Outcome, { probe, chance }: Look): Found => ({
  outcome,
  signal: null,
  httpStatus: outcome === 'server_error' ? 500 : outcome === 'overloaded' ? 529 : null,
  tookMs: outcome === 'timeout' ? probe.timeoutMs : Math.round(chance.between(40, 900)),
})

/** Trouble begins after some hours of health, not on a round minute. */
const onset = ({ chance, startMs }: Day): number => startMs + Math.round(chance.between(60 * minute, 90 * minute))

/** What fails meanwhile, and what that calls for. */
const episode = (
  day: Day,
  about: { readonly lastsMs: number; readonly expect: Label['expect']; readonly share: (look: Look) => number },
): Plot => {
  const fromMs = onset(day)
  const toMs = fromMs + about.lastsMs
  const outcome = day.chance.oneOf(failures)
  return {
    hours: (toMs - day.startMs) / hour + 1,
    labels: [{ expect: about.expect, fromMs, toMs }],
    finds: look => {
      const isBad = look.ms >= fromMs && look.ms < toMs && look.chance.hits(about.share(look))
      return isBad ? failed(outcome, look) : day.healthy(look)
    },
  }
}

const isChat = ({ probe }: Look): boolean => probe.type === 'chat'
const always = (share: number) => () => share
const clean = (hours: number): Plot => ({ hours })

const overload = (share: number, expect: Label['expect']): Kind => ({
  plot: day =>
    // Long enough that a chat each five minutes meets it at all: eight of them are all well once in twenty times.
    episode(day, { lastsMs: day.chance.between(90, 180) * minute, expect, share: look => (isChat(look) ? share : 0) }),
})

/** For `hours`, whatever is asked ends like this; whose problem it is stands in the outcome. */
const notTheirs = (pick: (chance: Chance) => Found): Kind => ({
  plot: day => {
    const fromMs = onset(day)
    const toMs = fromMs + day.chance.between(1, 4) * hour
    const found = pick(day.chance)
    return { hours: 6, finds: look => (look.ms >= fromMs && look.ms < toMs ? found : day.healthy(look)) }
  },
})

const slowdown = (speed: (sinceMs: number) => number): Kind => ({
  plot: day => {
    const fromMs = onset(day)
    const toMs = fromMs + day.chance.between(60, 120) * minute
    const times = day.chance.between(8, 14)
    const factorAt = (ms: number) => (ms < fromMs || ms >= toMs ? 1 : 1 + (times - 1) * speed(ms - fromMs))
    // It is trouble from when a middling answer takes longer than anybody was used to.
    const limitMs = 2 * Math.max(1500, day.health.chat.medianMs * Math.exp(1.645 * day.health.chat.sigma))
    const begins = (ms: number): number =>
      ms >= toMs || factorAt(ms) * day.health.chat.medianMs > limitMs ? ms : begins(ms + minute)
    return {
      hours: (toMs - day.startMs) / hour + 1,
      labels: [
        { expect: 'may', fromMs, toMs: begins(fromMs) },
        { expect: 'alarm', fromMs: begins(fromMs), toMs },
      ],
      finds: look => {
        const found = day.healthy(look)
        return isChat(look) && found.outcome === 'ok'
          ? { ...found, tookMs: Math.round(found.tookMs * factorAt(look.ms)) }
          : found
      },
    }
  },
})

const statuses = { rate_limited: 429, quota_exhausted: 402, auth_rejected: 401, permission_denied: 403 } as const

const account = (chance: Chance): Found => {
  const outcome = chance.oneOf<keyof typeof statuses>([
    'rate_limited',
    'quota_exhausted',
    'auth_rejected',
    'permission_denied',
  ])
  return { outcome, signal: null, httpStatus: statuses[outcome], tookMs: 200 }
}

export const kinds: Readonly<Record<string, Kind>> = {
  clean: {
    health: chance => ({ noise: chance.between(0.001, 0.02) }),
    plot: () => clean(24),
  },
  one_bad_probe: {
    health: () => ({ noise: 0 }),
    plot: day => {
      const every = day.chance.between(20, 60) * minute
      let lastMs = day.startMs
      return {
        hours: 12,
        finds: look => {
          const isBad = look.ms - lastMs > every
          if (isBad) lastMs = look.ms
          return isBad ? failed(day.chance.oneOf(failures), look) : day.healthy(look)
        },
      }
    },
  },
  flapping: {
    plot: day => {
      const [downMs, upMs] = [day.chance.between(2, 5) * minute, day.chance.between(2, 5) * minute]
      const isDown = (ms: number) => (ms - day.startMs) % (downMs + upMs) < downMs
      return episode(day, { lastsMs: 75 * minute, expect: 'alarm', share: look => (isDown(look.ms) ? 1 : 0) })
    },
  },
  hard_outage: {
    plot: day => episode(day, { lastsMs: day.chance.between(20, 60) * minute, expect: 'alarm', share: always(1) }),
  },
  inference_down: {
    plot: day =>
      episode(day, {
        lastsMs: day.chance.between(25, 60) * minute,
        expect: 'alarm',
        share: look => (isChat(look) ? 1 : 0),
      }),
  },
  overload_10: overload(0.1, 'may'),
  overload_30: overload(0.3, 'alarm'),
  overload_60: overload(0.6, 'alarm'),
  slow_step: slowdown(() => 1),
  slow_ramp: slowdown(sinceMs => Math.min(1, sinceMs / (45 * minute))),
  heavy_tail: {
    health: chance => ({ chat: { medianMs: chance.between(500, 900), sigma: chance.between(0.5, 0.9) }, noise: 0.002 }),
    plot: () => clean(24),
  },
  diurnal: {
    health: chance => ({
      chat: { medianMs: chance.between(500, 1000), sigma: chance.between(0.3, 0.6) },
      noise: 0.003,
    }),
    plot: day => {
      const peak = day.chance.between(1.5, 4)
      const swing = (ms: number) => 1 + (peak - 1) * (0.5 - 0.5 * Math.cos((2 * Math.PI * ms) / (24 * hour)))
      const slower = (found: Found, ms: number) =>
        found.outcome === 'ok' ? { ...found, tookMs: Math.round(found.tookMs * swing(ms)) } : found
      return {
        hours: 24,
        finds: look => slower(day.healthy(look), look.ms),
        usedToTakeMs: look =>
          look.chance.latencyMs(isChat(look) ? day.health.chat : day.health.listing) * swing(look.ms),
      }
    },
  },
  one_vantage: {
    vantages: [1, 2, 3, 5],
    // What one of several sees alone is its network, until it has lasted: rule 6.
    plot: day => {
      const lastsMs = day.chance.between(30, 60) * minute
      const plot = episode(day, { lastsMs, expect: 'alarm', share: look => (look.vantage === 0 ? 1 : 0) })
      return plot
    },
  },
  account: notTheirs(account),
  vantage_offline: {
    plot: day => {
      const fromMs = onset(day)
      const toMs = fromMs + day.chance.between(10, 120) * minute
      return {
        hours: 5,
        // Before the controls have failed too, a look in flight may be called the provider's.
        finds: look => {
          if (look.vantage !== 0 || look.ms < fromMs || look.ms >= toMs) return day.healthy(look)
          const isFirst = look.ms - fromMs < 5 * second
          return { ...failed(isFirst ? 'connect_failed' : 'vantage_offline', look), httpStatus: null }
        },
      }
    },
  },
  proxy_failing: notTheirs(() => ({ outcome: 'connect_failed', signal: 'proxy_failed', httpStatus: null, tookMs: 30 })),
  late_arrival: {
    plot: day => {
      const plot = episode(day, { lastsMs: 20 * minute, expect: 'may', share: always(1) })
      const fromMs = plot.labels?.[0]?.fromMs ?? 0
      // The prober is cut off before the trouble begins, and back long after its end: all of it comes at once, in any order.
      const [cutMs, backMs] = [fromMs - 5 * minute, fromMs + 70 * minute]
      return {
        ...plot,
        labels: [],
        hours: 5,
        deliveryMs: look =>
          look.ms >= cutMs && look.ms < backMs ? backMs - look.ms + look.chance.whole(0, 9000) : 1000,
      }
    },
  },
  out_of_order: {
    plot: day => ({
      ...episode(day, { lastsMs: 30 * minute, expect: 'alarm', share: always(1) }),
      deliveryMs: look => look.chance.whole(500, 40_000),
    }),
  },
  clock_step: {
    plot: day => {
      const stepMs = day.startMs + 30 * minute
      const byMs = day.chance.oneOf([-90, -45, 45, 90, 110]) * second
      return {
        ...episode(day, { lastsMs: 30 * minute, expect: 'alarm', share: always(1) }),
        clockMs: look => (look.vantage === 0 && look.ms >= stepMs ? byMs : 0),
      }
    },
  },
  clock_jump: {
    plot: day => {
      const stepMs = day.startMs + 30 * minute
      const byMs = day.chance.oneOf([-90, -20, -6, 6, 30]) * minute
      return { hours: 5, clockMs: look => (look.ms >= stepMs && look.ms < stepMs + 2 * hour ? byMs : 0) }
    },
  },
}
