import type { Addresses, Way } from './way.ts'

/** As `egress --format json` prints it. */
interface Contact {
  readonly host: string
  readonly port: number
  readonly proto: Way['proto']
  readonly why: readonly string[]
  readonly addresses: Addresses
}

/** What is reached through a proxy says so among its reasons: no packet of ours goes there. */
const contacts = (ways: readonly Way[]): readonly Contact[] =>
  ways.map(({ host, port, proto, why, addresses, through }) => ({
    host,
    port,
    proto,
    why: through === null ? why : [...why, `through the proxy ${through}`],
    addresses,
  }))

/** A list, with a contact a line for who reads it or compares it with yesterday's. */
export const contactsJson = (ways: readonly Way[]): string => {
  const lines = contacts(ways).map(contact => `  ${JSON.stringify(contact)}`)
  return lines.length === 0 ? '[]\n' : `[\n${lines.join(',\n')}\n]\n`
}
