import { sha256 } from '@llmstatus/shared/ids'
import type { Clock, Probe } from '../../prober/src/probe.ts'
import { endpointKey } from '../../prober/src/schedule/plan.ts'
import type { Wait } from '../../prober/src/schedule/run-schedule.ts'
import { testProbe } from '../../prober/test/test-probe.ts'

/** What a quick prober measures, and the time that it lives in: known to whoever starts it and to whoever judges it. */

/** By model. */
export type Intervals = Readonly<Record<string, number>>

/** By endpoint, as a plan names it. */
export type Endpoints = Readonly<Record<string, number>>

export const quickProbes = (everyMs: Intervals): readonly Probe[] =>
  Object.entries(everyMs).map(([model, ms]) => testProbe({ model, everyMs: ms, def: sha256(`def ${model}`) }))

export const endpointsOf = (everyMs: Intervals): Endpoints =>
  Object.fromEntries(quickProbes(everyMs).map(probe => [endpointKey(probe), probe.everyMs]))

/** A time that goes faster than ours, from a moment that both share; the same for every process that is told so. */
export interface Pace {
  readonly times: number
  readonly fromMs: number
  readonly isMs: number
}

/** So that, this many minutes of it later, it is as late there as here. */
export const paceOf = (times: number, { minutes }: { readonly minutes: number }): Pace => {
  const fromMs = Date.now()
  return { times, fromMs, isMs: fromMs - minutes * 60_000 * (1 - 1 / times) }
}

export const realPace: Pace = { times: 1, fromMs: 0, isMs: 0 }

export const clockOf = ({ times, fromMs, isMs }: Pace): Clock => ({
  nowMs: () => Math.floor(isMs + (Date.now() - fromMs) * times),
  monoUs: () => Math.floor((Number(process.hrtime.bigint()) / 1000) * times),
})

export const waitOf =
  ({ times }: Pace, sleep: (ms: number, signal?: AbortSignal) => Promise<void>): Wait =>
  (ms, signal) =>
    sleep(ms / times, signal)
