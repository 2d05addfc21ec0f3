/**
 * When requests went out, by purse, on the monotonic clock: no clock that is set gives a minute twice, or makes one longer.
 * In a file the times stand on the wall clock; one that lies ahead when it is read is of this moment.
 */
export type Requests = ReadonlyMap<string, readonly number[]>

export interface Now {
  readonly nowMs: number
  readonly monoMs: number
}

const minuteMs = 60_000

export const lastMinute = (requests: Requests, purse: string, monoMs: number): readonly number[] =>
  (requests.get(purse) ?? []).filter(ms => monoMs - ms < minuteMs)

export interface Asked {
  readonly purse: string
  readonly count: number
}

export const withRequests = (requests: Requests, { purse, count }: Asked, monoMs: number): Requests =>
  new Map(requests).set(purse, [...lastMinute(requests, purse, monoMs), ...Array<number>(count).fill(monoMs)])

/** The newest of them were not sent after all. */
export const withoutRequests = (requests: Requests, { purse, count }: Asked): Requests =>
  new Map(requests).set(purse, (requests.get(purse) ?? []).slice(0, -count))

export const toWall = (requests: Requests, { nowMs, monoMs }: Now): Requests =>
  mapped(requests, ms => Math.round(nowMs - (monoMs - ms)))

export const fromWall = (requests: Requests, { nowMs, monoMs }: Now): Requests =>
  mapped(requests, ms => monoMs - Math.max(0, nowMs - ms))

const mapped = (requests: Requests, change: (ms: number) => number): Requests =>
  new Map([...requests].map(([purse, times]) => [purse, times.map(change)]))
