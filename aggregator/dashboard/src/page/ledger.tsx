import { useRef } from 'preact/hooks'
import type { Provider } from '../api/shapes.ts'
import { count, percent, seconds } from '../words/numbers.ts'
import { inOldOrder, inOrder } from '../words/order.ts'
import { isYours } from '../words/sentence.ts'
import { reasonText, whose } from '../words/words.ts'
import type { Clock } from './clock.ts'
import { ProviderState } from './state-mark.tsx'

/** Rows change places only while nobody points at them, and a row whose state changed says so once. */
export const Ledger = ({ providers, clock }: { readonly providers: readonly Provider[]; readonly clock: Clock }) => {
  const held = useRef(false)
  const order = useRef<readonly string[]>([])
  const seen = useRef<ReadonlyMap<string, SeenState>>(new Map())
  const rows = held.current ? inOldOrder(providers, order.current) : inOrder(providers)
  order.current = rows.map(({ id }) => id)
  seen.current = new Map(rows.map(provider => [provider.id, after(seen.current.get(provider.id), provider)]))
  const hold = (value: boolean) => () => {
    held.current = value
  }
  return (
    <div
      class="sheet"
      onPointerEnter={hold(true)}
      onPointerLeave={hold(false)}
      onFocusCapture={hold(true)}
      onBlurCapture={hold(false)}
    >
      <table>
        <caption class="unseen">
          Every provider that is watched: its state, how soon it answers, and whose problem it is
        </caption>
        <thead>
          <tr>
            <th scope="col">State</th>
            <th scope="col">Provider</th>
            <th scope="col" class="n" title="Time to the first token, the middle one">
              p50
            </th>
            <th scope="col" class="n" title="Time to the first token: 19 of 20 are sooner">
              p95
            </th>
            <th scope="col" class="n">
              Uptime 24 h
            </th>
            <th scope="col" class="n roomy" title="How much of what was planned was measured">
              Measured
            </th>
            <th scope="col">Reason</th>
            <th scope="col">Whose</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(provider => {
            const changes = seen.current.get(provider.id)?.changes ?? 0
            return <Row key={`${provider.id} ${changes}`} provider={provider} clock={clock} changed={changes > 0} />
          })}
        </tbody>
      </table>
    </div>
  )
}

/** How often a row's state has changed before the reader's eyes: another number is another row, and that one fades in. */
interface SeenState {
  readonly state: string
  readonly changes: number
}

const after = (was: SeenState | undefined, { state }: Provider): SeenState => ({
  state,
  changes: was === undefined ? 0 : was.state === state ? was.changes : was.changes + 1,
})

interface RowProps {
  readonly provider: Provider
  readonly clock: Clock
  readonly changed: boolean
}

const Row = ({ provider, clock, changed }: RowProps) => (
  <tr class={changed ? 'changed' : ''}>
    <td class="cell-state" title={provider.since === null ? undefined : `since ${clock.full(provider.since)}`}>
      <ProviderState provider={provider} />
    </td>
    <th scope="row" class="cell-name name">
      <b>{provider.name}</b>
      <small>{about(provider)}</small>
    </th>
    <td class="n">{seconds(provider.ttft_ms?.p50)}</td>
    <td class="n">{seconds(provider.ttft_ms?.p95)}</td>
    <td class="n">{percent(provider.uptime_24h, 2)}</td>
    <td class="n roomy faint">{percent(provider.coverage, 0)}</td>
    <td class="cell-why why">{reasonText(provider.reason)}</td>
    <td class="cell-whose">
      {provider.blame !== null && <span class={isYours(provider) ? 'tag yours' : 'tag'}>{whose[provider.blame]}</span>}
    </td>
    <td class="cell-figures">{figures(provider)}</td>
  </tr>
)

const about = ({ endpoints, state }: Provider): string => {
  const models = new Set(endpoints.map(({ model }) => model).filter(model => model !== null))
  const alike = endpoints.filter(endpoint => endpoint.state === state).length
  const isPart = state !== 'operational' && alike > 0 && alike < endpoints.length
  const part = isPart ? ` · ${alike} of ${count(endpoints.length, 'endpoint')}` : ''
  return `${models.size === 0 ? 'reachability only' : count(models.size, 'model')}${part}`
}

/** On a narrow screen: all figures in one line, those that there are. */
const figures = ({ ttft_ms, uptime_24h, coverage }: Provider): string =>
  [
    ...(ttft_ms === null || ttft_ms.p50 === null ? [] : [`${seconds(ttft_ms.p50)} p50`, `${seconds(ttft_ms.p95)} p95`]),
    ...(uptime_24h === null ? ['no uptime yet'] : [`up ${percent(uptime_24h, 2)}`]),
    ...(coverage === null || coverage >= 0.995 ? [] : [`${percent(coverage, 0)} measured`]),
  ].join(' · ')
