import type { Feed } from '../api/feed.ts'
import type { Status } from '../api/shapes.ts'
import { count, percent } from '../words/numbers.ts'
import { sentence } from '../words/sentence.ts'
import type { Clock } from './clock.ts'
import { NoProviders, NoVantage } from './empty.tsx'
import { Incidents } from './incidents.tsx'
import { Ledger } from './ledger.tsx'
import { Masthead } from './masthead.tsx'
import { isStale, PolicyNote, StaleNote } from './notes.tsx'
import { Vantages } from './vantages.tsx'

interface Props {
  readonly feed: Feed
  readonly clock: Clock
}

/** The whole page: what is known and the time in, what is seen out. */
export const Overview = ({ feed, clock }: Props) => (
  <>
    <Masthead feed={feed} clock={clock} />
    <main class="wrap">
      <StaleNote feed={feed} clock={clock} />
      {feed.status !== null && <Known feed={feed} status={feed.status} clock={clock} />}
    </main>
    <Footer clock={clock} />
  </>
)

const Known = ({ feed, status, clock }: Props & { readonly status: Status }) => (
  <>
    <Sentence feed={feed} status={status} clock={clock} />
    <p class="sub">{summary(status)}</p>
    {status.policy === 'custom' && <PolicyNote />}
    <Incidents incidents={feed.incidents} providers={status.providers} clock={clock} />
    <section aria-label="Providers">
      {status.providers.length > 0 ? (
        <Ledger providers={status.providers} clock={clock} />
      ) : status.vantages.length > 0 ? (
        <NoProviders />
      ) : (
        <NoVantage />
      )}
    </section>
    {status.vantages.length > 0 && (
      <Vantages
        vantages={status.vantages}
        measures={status.providers.length > 0 ? 'providers' : 'reference'}
        clock={clock}
      />
    )}
  </>
)

/** Nothing new for so long, and the sentence says from when it is. */
const quietAfterS = 180

const Sentence = ({ feed, status, clock }: Props & { readonly status: Status }) => {
  const { providers, vantages, as_of, stale_s } = status
  const quietIso =
    (stale_s ?? 0) > quietAfterS ? new Date(Date.parse(as_of) - (stale_s ?? 0) * 1000).toISOString() : null
  const asOf = quietIso ?? (isStale(feed, clock.nowMs) ? as_of : null)
  return (
    <h1 aria-live="polite" aria-atomic="true">
      {sentence({ providers, vantages, asOf, time: clock.time }).map(({ text, tone }) =>
        tone === null ? text : <em class={tone}>{text}</em>,
      )}
    </h1>
  )
}

const summary = ({ providers, vantages }: Status): string => {
  const models = new Set(
    providers.flatMap(({ id, endpoints }) =>
      endpoints.flatMap(({ model }) => (model === null ? [] : [`${id} ${model}`])),
    ),
  )
  const covered = providers.flatMap(({ coverage }) => (coverage === null ? [] : [coverage]))
  const mean = covered.reduce((sum, one) => sum + one, 0) / covered.length
  const parts = [
    ...(providers.length > 0 ? [count(providers.length, 'provider')] : []),
    ...(models.size > 0 ? [count(models.size, 'model')] : []),
    ...(vantages.length > 0 ? [count(vantages.length, 'vantage')] : []),
  ].join(', ')
  return covered.length === 0
    ? parts
    : `${parts} · ${percent(mean, 1)} of planned probes measured in the last 24\u00a0h`
}

const Footer = ({ clock }: { readonly clock: Clock }) => (
  <footer class="wrap">
    <span>Shapes and words carry the state; colour only repeats it.</span>
    <span>Times in {clock.zone}</span>
    <a href="./api/v1/status">Status as JSON</a>
    <a href="./openapi.json">API</a>
  </footer>
)
