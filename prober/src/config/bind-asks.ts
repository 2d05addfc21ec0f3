import { bindCredential } from '../credentials/bind.ts'
import type { Probe } from '../probe.ts'
import { type Ask, probeOf } from './ask.ts'
import type { Endpoint } from './endpoint.ts'

/** What is asked of each endpoint, with a credential for it that may be used for that and for nothing else. */
export const bindAsks = (endpoints: readonly Endpoint[], asks: readonly Ask[]): readonly Probe[] =>
  endpoints.flatMap(endpoint => {
    const own = asks.filter(ask => ask.endpoint === endpoint)
    const credential = bindCredential(
      endpoint.grant,
      own.filter(({ type }) => type !== 'tcp').flatMap(ask => (ask.warmUp === undefined ? [ask] : [ask, ask.warmUp])),
    )
    return own.map(ask => probeOf(ask, credential))
  })
