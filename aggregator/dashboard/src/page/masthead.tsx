import type { Feed } from '../api/feed.ts'
import { Mark } from '../look/glyph.tsx'
import { span } from '../words/numbers.ts'
import type { Clock } from './clock.ts'

export const Masthead = ({ feed, clock }: { readonly feed: Feed; readonly clock: Clock }) => (
  <header class="masthead">
    <div class="wrap">
      <a class="mark" href="./">
        <Mark />
        LLM Status
      </a>
      <span class="fresh">
        {/* Keyed by the answer: each one makes it beat once. */}
        <span key={feed.receivedMs} class={feed.failing === null ? 'dot' : 'dot late'} />
        {freshness(feed, clock.nowMs)}
      </span>
    </div>
  </header>
)

const freshness = ({ receivedMs, failing }: Feed, nowMs: number): string => {
  if (receivedMs === null) return failing === null ? 'asking …' : 'no answer yet'
  return `updated ${span(nowMs - receivedMs)} ago`
}
