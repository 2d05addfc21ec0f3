import type { Feed } from '../api/feed.ts'
import { Glyph } from '../look/glyph.tsx'
import { span } from '../words/numbers.ts'
import type { Clock } from './clock.ts'

/** One lost answer is no news; from here on the page says that it is old. */
const staleAfterMs = 12_000

export const isStale = ({ failing, receivedMs }: Feed, nowMs: number): boolean =>
  failing !== null && nowMs - (receivedMs ?? failing.sinceMs) > staleAfterMs

export const StaleNote = ({ feed, clock }: { readonly feed: Feed; readonly clock: Clock }) => {
  const { failing, receivedMs, status } = feed
  if (failing === null || !isStale(feed, clock.nowMs)) return null
  return (
    <p class="note stale">
      <Glyph of="unknown" />
      <span>
        No status from the aggregator for {span(clock.nowMs - (receivedMs ?? failing.sinceMs))}: {failing.why}.{' '}
        {status === null
          ? 'There is nothing to show until it does.'
          : `Everything below is from ${clock.time(status.as_of)}.`}
      </span>
    </p>
  )
}

export const PolicyNote = () => (
  <p class="note">
    <Glyph of="maintenance" />
    <span>
      A policy of its own: the windows are shortened, so that states change and incidents open and end much sooner than
      by default.
    </span>
  </p>
)
