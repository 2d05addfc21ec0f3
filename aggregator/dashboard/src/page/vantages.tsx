import type { Vantage } from '../api/shapes.ts'
import { Glyph } from '../look/glyph.tsx'
import { seconds, span } from '../words/numbers.ts'
import type { Tone } from '../words/sentence.ts'
import { stateWords } from '../words/words.ts'
import type { Clock } from './clock.ts'

interface Props {
  readonly vantages: readonly Vantage[]
  /** A vantage that watches no provider still measures its own reference. */
  readonly measures: 'providers' | 'reference'
  readonly clock: Clock
}

/** Where all this is seen from, and whether it still is. */
export const Vantages = ({ vantages, measures, clock }: Props) => (
  <section aria-labelledby="vantages">
    <h2 id="vantages">Vantages</h2>
    <ul class="vantages">
      {vantages.map(vantage => (
        <VantageItem key={vantage.id} vantage={vantage} measures={measures} clock={clock} />
      ))}
    </ul>
  </section>
)

const VantageItem = ({ vantage, measures, clock }: Omit<Props, 'vantages'> & { readonly vantage: Vantage }) => {
  const { tone, text } = freshness(vantage, clock.nowMs)
  return (
    <li title={vantage.last_result_at === null ? undefined : clock.full(vantage.last_result_at)}>
      <span class={`state ${tone}`}>
        <Glyph of={tone} />
      </span>
      <b>{vantage.name}</b>
      {vantage.region !== null && <span class="faint">{vantage.region}</span>}
      <span class="faint">
        {measures === 'reference' && text.startsWith('measured') ? `reference ${text}` : text}
        {clockNote(vantage)}
      </span>
    </li>
  )
}

/** Its own reference is measured every few seconds, so that silence means the prober's and not a provider's. */
const silentAfterMs = 180_000

const freshness = (
  { state, last_result_at }: Vantage,
  nowMs: number,
): { readonly tone: Tone; readonly text: string } => {
  if (last_result_at === null) return { tone: 'unknown', text: 'has not measured yet' }
  const ageMs = nowMs - Date.parse(last_result_at)
  if (ageMs > silentAfterMs) return { tone: 'unknown', text: `silent for ${span(ageMs)}` }
  const itself = state === 'operational' || state === 'unknown' ? '' : `, and is ${stateWords[state].is} itself`
  return { tone: state, text: `measured ${span(ageMs)} ago${itself}` }
}

const clockNote = ({ clock_offset_ms }: Vantage): string => {
  if (clock_offset_ms === null || Math.abs(clock_offset_ms) < 2000) return ''
  return ` · its clock is ${seconds(Math.abs(clock_offset_ms))} ${clock_offset_ms > 0 ? 'ahead' : 'behind'}`
}
