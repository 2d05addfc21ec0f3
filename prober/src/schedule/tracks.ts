import type { Probe } from '../probe.ts'
import { endpointKey, planOf } from './plan.ts'
import { startTrack, type Track } from './track.ts'

/** Where every endpoint stands, by its name. One that was taken out of the plan stays until what runs of it has ended. */
export interface Tracks {
  readonly probes: () => readonly Probe[]
  /** What is planned under that probe's name now; null where nothing is any more. */
  readonly planned: (probe: Probe) => Probe | null
  readonly get: (probe: Probe) => Track
  readonly set: (probe: Probe, track: Track) => void
  /** An endpoint whose rhythm changes, or that was not there, begins its plan at this moment. */
  readonly replace: (probes: readonly Probe[], nowMs: number) => void
  readonly nextDueMs: () => number
}

interface Begin {
  readonly probes: readonly Probe[]
  readonly seed: string
  readonly sinceMs: number
}

export const createTracks = ({ probes: first, seed, sinceMs }: Begin): Tracks => {
  const byName = (probes: readonly Probe[]) => new Map(probes.map(probe => [endpointKey(probe), probe]))
  const start = (probe: Probe, fromMs: number) => startTrack(planOf(probe, seed), fromMs)
  let probes = first
  let planned = byName(first)
  const tracks = new Map(first.map(probe => [endpointKey(probe), start(probe, sinceMs)]))

  const keep = (key: string, track: Track): void => {
    if (planned.has(key) || track.busy) tracks.set(key, track)
    else tracks.delete(key)
  }
  const replace = (next: readonly Probe[], nowMs: number): void => {
    const before = planned
    ;[probes, planned] = [next, byName(next)]
    for (const [key, probe] of planned) {
      const { busy = false, overrun = null, plan } = tracks.get(key) ?? {}
      if (!before.has(key) || plan?.everyMs !== probe.everyMs)
        tracks.set(key, { ...start(probe, nowMs), busy, overrun })
    }
    for (const [key, track] of [...tracks]) keep(key, track)
  }

  return {
    probes: () => probes,
    planned: probe => planned.get(endpointKey(probe)) ?? null,
    get: probe => {
      const track = tracks.get(endpointKey(probe))
      if (track === undefined) throw new Error(`${endpointKey(probe)} is not in the schedule`)
      return track
    },
    set: (probe, track) => keep(endpointKey(probe), track),
    replace,
    nextDueMs: () =>
      Math.min(
        ...[...tracks].filter(([key]) => planned.has(key)).map(([, track]) => track.nextMs),
        Number.POSITIVE_INFINITY,
      ),
  }
}
