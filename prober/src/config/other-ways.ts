import { bindCredential } from '../credentials/bind.ts'
import type { Credential, Probe } from '../probe.ts'
import type { Endpoint } from './endpoint.ts'

/** Where something may go beside the probes that are known now. Listed for who guards the way out; nothing is sent by it. */
export interface OtherWay extends Pick<Credential, 'origin' | 'proxy' | 'net'> {
  readonly why: string
}

interface Plan {
  readonly endpoints: readonly Endpoint[]
  readonly probes: readonly Probe[]
}

export const otherWays = (plan: Plan, takesRemoteDefinitions: 'takes_remote' | 'local_only'): readonly OtherWay[] => [
  ...plan.endpoints.flatMap(tokenWay),
  ...(takesRemoteDefinitions === 'takes_remote' ? remoteWays(plan) : []),
]

/** Where a provider wants its key exchanged for another one first. */
const tokenWay = ({ id, grant: { exchange } }: Endpoint): readonly OtherWay[] => {
  if (exchange === undefined) return []
  const { origin, proxy, net } = exchange
  return [{ why: `${id}: a token for its key`, origin, proxy, net }]
}

/** Nothing is asked there yet, and a definition from outside may ask for it. */
const remoteWays = ({ endpoints, probes }: Plan): readonly OtherWay[] =>
  endpoints
    .filter(({ id }) => !probes.some(({ provider }) => provider === id))
    .map(({ id, grant }) => ({ why: `${id}: remote definitions`, ...bindCredential(grant, []) }))
