import type { ProbeType } from '@llmstatus/shared/result'

/** Rule 9: what a provider is measured by, which part of it was well, and how much of the plan that rests on. Pure. */

/** Its chat endpoints, or its reachability where there are none. */
export const mainOf = <T extends { readonly type: ProbeType }>(endpoints: readonly T[]): readonly T[] => {
  const types = ['chat', 'reachability'] as const
  return types.map(type => endpoints.filter(row => row.type === type)).find(rows => rows.length > 0) ?? endpoints
}

export interface Counted {
  readonly endpoint: number
  readonly planned: number
  readonly ok: number
  readonly failed: number
}

export interface Share {
  /** The mean over the endpoints; null where nothing counted. */
  readonly uptime: number | null
  /** Countable ÷ planned; null where nothing was planned. */
  readonly coverage: number | null
}

export const measuredShare = (rows: readonly Counted[]): Share => {
  const uptimes = [...Map.groupBy(rows, row => row.endpoint).values()].flatMap(own => {
    const ok = sumOf(own, 'ok')
    const countable = ok + sumOf(own, 'failed')
    return countable === 0 ? [] : ok / countable
  })
  const planned = sumOf(rows, 'planned')
  const countable = sumOf(rows, 'ok') + sumOf(rows, 'failed')
  return {
    coverage: planned === 0 ? null : rounded(countable / planned),
    uptime: uptimes.length === 0 ? null : rounded(uptimes.reduce((a, b) => a + b) / uptimes.length),
  }
}

const sumOf = <K extends string>(rows: readonly { readonly [key in K]: number }[], key: K): number =>
  rows.reduce((sum, row) => sum + row[key], 0)

export const rounded = (share: number): number => Math.round(share * 1e6) / 1e6
