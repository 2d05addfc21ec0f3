import type { JSX } from 'preact'
import type { Tone } from '../words/sentence.ts'

/** Shape carries the state, so that it can be read without colour. The same shapes stand in badges, feeds and terminals. */
const shapes: Readonly<Record<Tone, JSX.Element>> = {
  operational: <circle cx="6" cy="6" r="5" fill="currentColor" />,
  slow: (
    <>
      <circle cx="6" cy="6" r="4.6" fill="none" stroke="currentColor" stroke-width="1.6" />
      <path d="M6 1.2a4.8 4.8 0 0 1 0 9.6z" fill="currentColor" />
    </>
  ),
  degraded: <path d="M6 .8 11.4 11H.6z" fill="currentColor" />,
  partial_outage: <path d="M6 .4 11.6 6 6 11.6.4 6z" fill="currentColor" />,
  outage: <rect x="1" y="1" width="10" height="10" fill="currentColor" />,
  throttled: struck(),
  yours: struck(),
  unknown: (
    <circle cx="6" cy="6" r="4.6" fill="none" stroke="currentColor" stroke-width="1.4" stroke-dasharray="2 1.6" />
  ),
  maintenance: <path d="M6 .9 11.1 6 6 11.1.9 6z" fill="none" stroke="currentColor" stroke-width="1.5" />,
}

function struck(): JSX.Element {
  return (
    <>
      <circle cx="6" cy="6" r="4.6" fill="none" stroke="currentColor" stroke-width="1.6" />
      <path d="M3.4 6h5.2" stroke="currentColor" stroke-width="1.8" />
    </>
  )
}

/** Always beside its word, so that a screen reader needs no second one. */
export const Glyph = ({ of }: { readonly of: Tone }) => (
  <svg class="glyph" width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
    {shapes[of]}
  </svg>
)

export const Mark = () => (
  <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true">
    <path
      d="M1 13h4l2.2-8 3.6 11L13.4 8l1.2 5H19"
      fill="none"
      stroke="currentColor"
      stroke-width="1.7"
      stroke-linejoin="round"
      stroke-linecap="round"
    />
  </svg>
)
