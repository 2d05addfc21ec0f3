import type { Probe } from '../probe.ts'
import { sameValue } from './same-value.ts'
import type { ProberSettings } from './settings.ts'

/** What a configuration that was read again says otherwise than the one before. Names only, never a value. */
export interface Change {
  readonly added: readonly Probe[]
  readonly removed: readonly Probe[]
  /** Another question, rhythm, key or way there, under the same name; as it is now. */
  readonly changed: readonly Probe[]
}

export const changeOf = (before: readonly Probe[], after: readonly Probe[]): Change => {
  const [was, is] = [byName(before), byName(after)]
  return {
    added: after.filter(probe => !was.has(nameOf(probe))),
    removed: before.filter(probe => !is.has(nameOf(probe))),
    changed: after.filter(probe => was.has(nameOf(probe)) && !sameValue(was.get(nameOf(probe)), probe)),
  }
}

export const isNoChange = ({ added, removed, changed }: Change): boolean =>
  added.length + removed.length + changed.length === 0

export const nameOf = ({ provider, model, probe }: Probe): string =>
  [provider, model, probe].filter(part => part !== null).join(' ')

const byName = (probes: readonly Probe[]): ReadonlyMap<string, Probe> =>
  new Map(probes.map(probe => [nameOf(probe), probe]))

/** What is built at the start and stands for the whole run, with the words an operator knows it by. */
const fixed = {
  dataDir: 'the data folder',
  aggregator: 'the way to the aggregator',
  name: 'the name',
  region: 'the region',
  continent: 'the continent',
  health: 'the health address',
  logLevel: 'the log level',
  spoolMaxBytes: 'the size of the spool',
  controls: 'the controls',
} as const satisfies Partial<Record<keyof ProberSettings, string>>

/** What else counts at once, beside the probes. */
const live = {
  'the daily budget': ({ budgetUsdPerDay }: ProberSettings) => budgetUsdPerDay,
  'the limits of credentials': ({ credentialLimits }: ProberSettings) => credentialLimits,
  'who may send definitions': ({ remote }: ProberSettings) =>
    remote === null ? null : { keys: remote.keys, allowPrivate: remote.allowPrivate },
} as const

export const alsoChanged = (before: ProberSettings, after: ProberSettings): readonly string[] =>
  Object.entries(live).flatMap(([words, of]) => (sameValue(of(before), of(after)) ? [] : [words]))

export const needsRestart = (before: ProberSettings, after: ProberSettings): readonly string[] =>
  Object.entries(fixed).flatMap(([key, words]) =>
    sameValue(before[key as keyof typeof fixed], after[key as keyof typeof fixed]) ? [] : [words],
  )
