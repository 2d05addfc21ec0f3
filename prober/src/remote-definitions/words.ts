import type { RemoteSettings } from '../config/remote-settings.ts'
import type { Planned } from './plan-with.ts'

/** What `check` and the start say of definitions from outside. */
export const remoteText = (
  remote: RemoteSettings | null,
  { set, guests, refused }: Pick<Planned, 'set' | 'guests' | 'refused'>,
  nowMs: number,
): readonly string[] => {
  if (remote === null) return ['Definitions from outside are not accepted.']
  if (set === null) return [`Definitions from outside are accepted from ${signersText(remote)}; none has come yet.`]
  const stale = Date.parse(set.expires) <= nowMs
  const until = stale ? `stale since ${set.expires}, and running on` : `good until ${set.expires}`
  return [
    `Definitions from outside: version ${set.version}, ${until}; ${guests} of ${set.definitions.length} run here.`,
    ...refused.map(({ name, reason, what }) => `note: ${name} from outside does not run (${reason}): ${what}`),
  ]
}

const signersText = ({ keys }: RemoteSettings): string => {
  const others = keys.filter(key => key !== 'aggregator').length
  const parts = [
    ...(others < keys.length ? ['the aggregator'] : []),
    ...(others === 0 ? [] : [`${others} other key${others === 1 ? '' : 's'}`]),
  ]
  return parts.join(' and ')
}
