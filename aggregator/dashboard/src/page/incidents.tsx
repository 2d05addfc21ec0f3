import type { Incident, Provider } from '../api/shapes.ts'
import { span } from '../words/numbers.ts'
import { isYours } from '../words/sentence.ts'
import { reasonText, stateWords } from '../words/words.ts'
import type { Clock } from './clock.ts'
import { StateMark } from './state-mark.tsx'

interface Props {
  readonly incidents: readonly Incident[]
  readonly providers: readonly Provider[]
  readonly clock: Clock
}

/** What is open now: the providers' trouble, then yours. */
export const Incidents = ({ incidents, providers, clock }: Props) => {
  const open = incidents.filter(incident => incident.resolved_at === null)
  const notices = providers.filter(isYours)
  if (open.length + notices.length === 0) return null
  return (
    <section aria-labelledby="open">
      <h2 id="open" class="unseen">
        Open incidents and notices
      </h2>
      <ul class="incidents">
        {open.map(incident => (
          <IncidentCard key={incident.id} incident={incident} clock={clock} />
        ))}
        {notices.map(provider => (
          <NoticeCard key={provider.id} provider={provider} clock={clock} />
        ))}
      </ul>
    </section>
  )
}

const IncidentCard = ({ incident, clock }: { readonly incident: Incident; readonly clock: Clock }) => (
  <li class={`incident ${incident.state}`}>
    <StateMark tone={incident.state} word={stateWords[incident.state].word} />
    <h3>
      {incident.provider_name} — {reasonText(incident.reason)}
    </h3>
    <Since iso={incident.opened_at} clock={clock} what={incident.impact} />
    <p class="what">{incident.text ?? incident.scope.map(place => place.model ?? place.probe).join(', ')}</p>
  </li>
)

const NoticeCard = ({ provider, clock }: { readonly provider: Provider; readonly clock: Clock }) => (
  <li class="incident yours">
    <StateMark tone="yours" word="Yours" />
    <h3>
      {provider.name} — {reasonText(provider.reason)}
    </h3>
    {provider.since !== null && <Since iso={provider.since} clock={clock} what="notice" />}
    <p class="what">
      {provider.blame === 'config' ? 'Your configuration' : 'Your account'}, not {provider.name}.
    </p>
  </li>
)

const Since = ({ iso, clock, what }: { readonly iso: string; readonly clock: Clock; readonly what: string }) => (
  <span class="when" title={clock.full(iso)}>
    {clock.time(iso)} → now · {span(clock.nowMs - Date.parse(iso))} · {what}
  </span>
)
