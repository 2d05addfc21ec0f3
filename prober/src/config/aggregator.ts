import type { AggregatorProxy } from '../probe.ts'
import type { Sources } from './endpoint.ts'
import { chosenProxy, type Usual } from './proxies.ts'
import { caBeside } from './read-prober-file.ts'
import type { ProberSettings } from './settings.ts'

type From = Pick<Sources, 'env' | 'environment' | 'file' | 'readFile'>

/** Where results go, and by which way. The URL may come with the enrolment token; the way never does. */
export const aggregatorOf = (from: From, usual: Usual): ProberSettings['aggregator'] => {
  const { environment, file } = from
  const written = file?.value.aggregator
  const url = environment.LLMSTATUS_AGGREGATOR_URL ?? written?.url ?? null
  const at = ['aggregator']
  return {
    url: url === null ? null : url.replace(/\/+$/, ''),
    ca: file === null ? usual.ca : caBeside(from, file, { at, caFile: written?.ca_file, otherwise: usual.ca }),
    proxy: proxyOf(from, usual),
  }
}

const proxyOf = (from: From, usual: Usual): AggregatorProxy | null => {
  const { file } = from
  const choice = file?.value.aggregator ?? {}
  const chosen = file === null ? undefined : chosenProxy(from, { file, at: ['aggregator'], choice, ca: usual.ca })
  if (chosen === null) return null
  if (chosen !== undefined) return { ...chosen, for: 'any_address' }
  return usual.proxy === null ? null : { ...usual.proxy, for: 'public_addresses' }
}
