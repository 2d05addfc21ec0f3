/**
 * How much may come, for each of many senders: a rate, and a burst on top of it. Nothing runs in the background; what a
 * sender has used is one instant, the one at which it will have been forgotten.
 */
export interface Rate {
  readonly perS: number
  readonly burst: number
}

export interface Cost<K extends string> {
  readonly sender: string
  readonly of: Readonly<Record<K, number>>
  readonly nowMs: number
}

/** 0 where it was let through and counted; else the milliseconds after which it would be, and nothing was counted. */
export type Spend<K extends string> = (cost: Cost<K>) => number

/** Beyond this many senders the one that was seen longest ago is forgotten: addresses cost nothing, memory does. */
const mostSenders = 10_000

export const createAllowance = <K extends string>(rates: Readonly<Record<K, Rate>>): Spend<K> => {
  const kinds = Object.keys(rates) as K[]
  const forgottenMs = new Map<string, Readonly<Record<K, number>>>()
  return ({ sender, of, nowMs }) => {
    const before = forgottenMs.get(sender)
    const after = {} as Record<K, number>
    let waitMs = 0
    for (const kind of kinds) {
      const { perS, burst } = rates[kind]
      after[kind] = Math.max(nowMs, before?.[kind] ?? 0) + (of[kind] * 1000) / perS
      waitMs = Math.max(waitMs, after[kind] - nowMs - (burst * 1000) / perS)
    }
    if (waitMs > 0) return Math.ceil(waitMs)
    // last in the order of the map is what was seen last
    forgottenMs.delete(sender)
    forgottenMs.set(sender, after)
    if (forgottenMs.size > mostSenders) for (const oldest of forgottenMs.keys()) return dropped(forgottenMs, oldest)
    return 0
  }
}

const dropped = (map: Map<string, unknown>, key: string): 0 => {
  map.delete(key)
  return 0
}
