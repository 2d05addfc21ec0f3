import type { Provider } from '../api/shapes.ts'
import { Glyph } from '../look/glyph.tsx'
import { isYours, type Tone } from '../words/sentence.ts'
import { stateWords } from '../words/words.ts'

/** Your own trouble never borrows a provider's colours, whatever state it leaves the provider in. */
export const toneOf = (provider: Provider): Tone => (isYours(provider) ? 'yours' : provider.state)

export const StateMark = ({ tone, word }: { readonly tone: Tone; readonly word: string }) => (
  <span class={`state ${tone}`}>
    <Glyph of={tone} />
    {word}
  </span>
)

export const ProviderState = ({ provider }: { readonly provider: Provider }) => (
  <StateMark tone={toneOf(provider)} word={stateWords[provider.state].word} />
)
