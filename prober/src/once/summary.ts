import { money } from '../print/numbers.ts'
import { type State, stateOf } from './state.ts'
import type { Measured } from './table.ts'

/** One true sentence about all of it, then what it cost. */
export const summary = (
  measured: readonly Measured[],
  about: { readonly planned: number; readonly tookMs: number },
): readonly string[] => [verdict(measured), ...left(measured.length, about.planned), costs(measured, about.tookMs)]

const verdict = (measured: readonly Measured[]): string => {
  const states = measured.map(({ probe, line }) => ({ provider: probe.provider, state: stateOf(probe, line) }))
  const of = (...wanted: readonly State[]) => states.filter(({ state }) => wanted.includes(state))
  const answered = of('ok', 'slow').length
  const parts = [
    part(of('slow'), 'slow'),
    part(of('broken', 'absent'), 'failed'),
    part(of('yours'), 'yours to mend'),
    part(of('unknown'), 'not known'),
  ].filter(text => text !== null)
  const head = answered === measured.length ? all(answered) : `${answered} of ${measured.length} answered`
  return parts.length === 0 ? `${head}.` : `${head}; ${parts.join(', ')}.`
}

const all = (count: number): string => {
  if (count === 0) return 'Nothing was measured'
  return count === 1 ? 'It answered' : `All ${count} answered`
}

const part = (some: readonly { readonly provider: string }[], what: string): string | null =>
  some.length === 0 ? null : `${some.length} ${what} (${[...new Set(some.map(({ provider }) => provider))].join(', ')})`

const left = (measured: number, planned: number): readonly string[] =>
  measured === planned ? [] : [`Stopped: ${planned - measured} of ${planned} were not measured.`]

const costs = (measured: readonly Measured[], tookMs: number): string => {
  const took = `It took ${(tookMs / 1000).toFixed(1)} s`
  const billed = measured.filter(({ probe }) => probe.billed)
  if (billed.length === 0) return `${took} and cost nothing.`
  const known = billed.flatMap(({ line }) => line.cost_usd ?? [])
  const usd = money(known.reduce((sum, each) => sum + each, 0))
  const silent = billed.length - known.length
  if (known.length === 0) return `${took}; what it cost is not known.`
  return silent === 0
    ? `${took} and cost ${usd}.`
    : `${took} and cost ${usd}, without ${silent} whose cost is not known.`
}
