import { getServers, lookup } from 'node:dns/promises'

/** A name's addresses, in the order in which they are to be tried. */
export type Resolve = (host: string) => Promise<readonly string[]>

/** The system's own way, with its hosts file and search order; nothing is cached and nothing is sorted again. */
export const systemResolve: Resolve = async host => {
  const found = await lookup(host, { all: true, order: 'verbatim' })
  return found.map(({ address }) => address)
}

/** Whom the system asks, as it writes them: `10.0.0.2`, `[fd00::2]:5353`. */
export const systemNameServers = (): readonly string[] => getServers()
