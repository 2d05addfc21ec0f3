import type { Headroom, ResultFacts, SeriesFacts } from './facts.ts'
import { type Found, type Subject, strengthOf } from './notice.ts'

/** What has sunk below a line, or is another than before. Each line is crossed in one place and come back over in another. */

const headroom = { begins: 0.3, lingers: 0.4, fresherThanMs: 3_600_000 } as const
const tokens = { results: 5, leastOut: 20, lingers: 1.1 } as const
const model = { again: 3 } as const

const percent = (share: number): number => Math.round(share * 1000) / 10

/** The least that is left of requests or of tokens, whichever is nearer to its end. */
const leastOf = (result: ResultFacts): { readonly what: 'requests' | 'tokens'; readonly room: Headroom } | null => {
  const rooms = (['requests', 'tokens'] as const).flatMap(what => {
    const room = result[what]
    return room === null || room.limit <= 0 ? [] : [{ what, room }]
  })
  return rooms.toSorted((a, b) => shareOf(a.room) - shareOf(b.room))[0] ?? null
}

const shareOf = ({ limit, remaining }: Headroom): number => Math.max(0, remaining) / limit

/** Of an account, so one for a provider: that of the endpoint where least is left. */
export const findHeadroom = (series: readonly SeriesFacts[], nowMs: number): readonly Found[] => {
  const found = series.flatMap(one => {
    const seen = one.latest.filter(result => nowMs - result.slotMs <= headroom.fresherThanMs)
    const [newest, before] = seen.flatMap(result => leastOf(result) ?? [])
    if (newest === undefined) return []
    const share = shareOf(newest.room)
    const isTwice = before !== undefined && shareOf(before.room) < headroom.begins
    const strength = strengthOf(share < headroom.begins && isTwice, share < headroom.lingers)
    if (strength === null) return []
    const { what, room } = newest
    const details = { of: what, left_percent: percent(share), remaining: room.remaining, limit: room.limit }
    return [{ ...ofProvider(one), kind: 'headroom_low' as const, strength, details, share }]
  })
  return [...Map.groupBy(found, one => JSON.stringify([one.prober, one.provider])).values()].flatMap(group => {
    const order = { begins: 0, lingers: 1 } as const
    const [worst] = group.toSorted((a, b) => order[a.strength] - order[b.strength] || a.share - b.share)
    if (worst === undefined) return []
    const { share: _, ...rest } = worst
    return [rest]
  })
}

const ofProvider = ({ prober, provider }: SeriesFacts): Subject => ({ prober, provider, model: '', probe: '' })

/** Its own floor stands in the definition; the median, because one slow answer is no news. */
export const findTokens = (series: readonly SeriesFacts[]): readonly Found[] =>
  series.flatMap(one => {
    const floor = one.tokensPerSecondFloor
    const rates = one.latest.flatMap(rateOf).toSorted((a, b) => a - b)
    if (floor === null || rates.length < tokens.results) return []
    const median = rates[Math.floor((rates.length - 1) / 2)] ?? 0
    const strength = strengthOf(median < floor, median < floor * tokens.lingers)
    const details = { per_second_p50: Math.round(median * 10) / 10, floor, n: rates.length }
    const { prober, provider, model, probe } = one
    return strength === null ? [] : [{ prober, provider, model, probe, kind: 'tokens_slow', strength, details }]
  })

const rateOf = ({ outcome, tokensOut, firstTokenUs, lastByteUs }: ResultFacts): readonly number[] => {
  if (outcome !== 'ok' || tokensOut === null || firstTokenUs === null || lastByteUs === null) return []
  const us = lastByteUs - firstTokenUs
  return tokensOut < tokens.leastOut || us <= 0 ? [] : [(tokensOut - 1) / (us / 1e6)]
}

/** Three times in a row what it never said before. One that goes to and fro between two has not moved. */
export const findModels = (series: readonly SeriesFacts[]): readonly Found[] =>
  [...Map.groupBy(series.flatMap(movedOf), one => JSON.stringify([one.prober, one.provider, one.model])).values()].map(
    group => group[0] as Found,
  )

const movedOf = ({ prober, provider, model: asked, latest }: SeriesFacts): readonly Found[] => {
  const names = latest.flatMap(({ reportedModel }) => reportedModel ?? [])
  const [to] = names
  const end = names.findIndex(name => name !== to)
  const from = names[end]
  if (to === undefined || from === undefined || end < model.again || names.slice(end).includes(to)) return []
  const subject = { prober, provider, model: asked, probe: '' }
  return [{ ...subject, kind: 'model_changed', strength: 'begins', details: { from, to } }]
}
