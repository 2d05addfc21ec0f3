import type { Probe } from '../probe.ts'

/** `*` is anything, `?` one character, and case does not matter. In time of the two lengths, whatever they hold. */
export const matchesGlob = (glob: string, text: string): boolean => {
  const [wanted, given] = [glob.toLowerCase(), text.toLowerCase()]
  let [at, next] = [0, 0]
  let star: { readonly at: number; next: number } | null = null
  while (next < given.length) {
    if (at < wanted.length && wanted[at] === '*') {
      star = { at, next }
      at += 1
    } else if (at < wanted.length && (wanted[at] === '?' || wanted[at] === given[next])) {
      at += 1
      next += 1
    } else if (star !== null) {
      star.next += 1
      at = star.at + 1
      next = star.next
    } else return false
  }
  return [...wanted.slice(at)].every(rest => rest === '*')
}

/**
 * What somebody may write for it: a path, as far as they care to, with wildcards; or, to the letter, a model or a probe.
 * Wildcards there too would make `c*` mean every chat.
 */
const pathsOf = ({ provider, model, probe }: Probe): readonly string[] => [
  provider,
  `${provider}/${probe}`,
  ...(model === null ? [] : [`${provider}/${model}`, `${provider}/${model}/${probe}`]),
]

const isMeant = (probe: Probe, glob: string): boolean =>
  pathsOf(probe).some(path => matchesGlob(glob, path)) || glob === probe.probe || glob === probe.model

export const namesOf = (probe: Probe): readonly string[] => [
  ...pathsOf(probe),
  probe.probe,
  ...(probe.model === null ? [] : [probe.model]),
]

/** All where nothing is named. */
export const select = (probes: readonly Probe[], globs: readonly string[]): readonly Probe[] =>
  globs.length === 0 ? probes : probes.filter(probe => globs.some(glob => isMeant(probe, glob)))
