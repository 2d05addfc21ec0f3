import { isIP } from 'node:net'
import { readOrigin } from '@llmstatus/shared/address'
import { definitionDigest } from '@llmstatus/shared/definition'
import type { Credential, Probe } from '../probe.ts'

/**
 * A control: an origin that tells somebody else's failure from our own network's. It is asked for a connection and a good
 * certificate, without a key and without a request.
 */
export interface Control {
  /** One for each origin and way there. */
  readonly key: string
  readonly origin: string
  readonly way: string
  readonly provider: string
  /** A name has to be resolved first; an address says nothing about DNS. */
  readonly isNamed: boolean
  /** Written down for this, or the aggregator: looked at now and then, because nothing else does. */
  readonly isStanding: boolean
  readonly probe: Probe
}

/** Where somebody said that a control is, and what its results call it: not the host. */
export interface Listed extends Pick<Credential, 'name' | 'origin' | 'proxy'> {}

type Place = Pick<Credential, 'provider' | 'origin' | 'net' | 'ca' | 'proxy'>

/** How an origin is reached; failures are only ever compared with those of the same way. */
export const wayOf = ({ proxy }: Pick<Credential, 'proxy'>): string => proxy?.origin ?? 'direct'

export const keyOf = (place: Pick<Credential, 'origin' | 'proxy'>): string => `${place.origin} ${wayOf(place)}`

export const standingEveryMs = 300_000
/** A handshake across the world, lost once and sent again. */
const timeoutMs = 4_000

const asked = {
  model: null,
  probe: 'control',
  type: 'control',
  dialect: 'tcp',
  method: 'GET',
  path: '/',
  question: null,
  expected: {},
  timeoutMs,
} as const satisfies Partial<Probe>

const controlProbe = ({ provider, origin, net, ca, proxy }: Place, given: Probe['origin']): Probe => ({
  ...asked,
  provider,
  def: definitionDigest({ ...asked, provider }),
  credential: { name: provider, provider, origin, auth: null, headers: {}, allow: [], net, ca, proxy },
  origin: given,
  quirks: {},
  rateLimitHeaders: {},
  price: null,
  everyMs: standingEveryMs,
  sla: null,
  billed: false,
  reasoning: false,
})

export interface ControlSources {
  readonly probes: readonly Probe[]
  readonly listed: readonly Listed[]
  /** Null where nobody is reported to, or only through a proxy: then nobody here sees where it is. */
  readonly aggregator: { readonly url: string; readonly ca: string | null } | null
}

const outside: Credential['net'] = { private: false, cidrs: [] }

/** Each place once; a provider's own before one that was listed for it. */
export const controlsOf = ({ probes, listed, aggregator }: ControlSources): readonly Control[] => {
  const providers = probes
    .filter(({ type }) => type !== 'tcp' && type !== 'reference')
    .map(({ provider, credential, origin }) =>
      controlAt({ ...credential, provider }, { given: origin, isStanding: false }),
    )
  const standing = { given: 'set', isStanding: true } as const
  const others = listed.map(({ name, origin, proxy }) =>
    controlAt({ provider: name, origin, net: outside, ca: null, proxy }, standing),
  )
  const all = [...providers, ...others, ...aggregatorControl(aggregator)]
  return [...new Map(all.toReversed().map(control => [control.key, control])).values()].toReversed()
}

/** Where its address is private the guard refuses it, and it is none. */
const aggregatorControl = (aggregator: ControlSources['aggregator']): readonly Control[] => {
  const url = URL.parse(aggregator?.url ?? '')
  if (aggregator === null || url?.protocol !== 'https:') return []
  const place = { provider: 'aggregator', origin: url.origin, net: outside, ca: aggregator.ca, proxy: null }
  return [controlAt(place, { given: 'set', isStanding: true })]
}

interface How {
  readonly given: Probe['origin']
  readonly isStanding: boolean
}

const controlAt = (place: Place, { given, isStanding }: How): Control => ({
  key: keyOf(place),
  origin: place.origin,
  way: wayOf(place),
  provider: place.provider,
  isNamed: isIP(readOrigin(place.origin)?.host ?? '') === 0,
  isStanding,
  probe: controlProbe(place, given),
})
