import type { LoadedFile } from './read-prober-file.ts'

/** What may be written already and is not acted upon by this version. Whoever builds one takes its line out. */
export const notYet = (file: LoadedFile | null): readonly string[] => {
  const config = file?.value
  const credentials = config?.credentials ?? []
  const written: readonly (readonly [string, boolean])[] = [
    ['credentials[].limits.usd_per_day', credentials.some(({ limits }) => limits?.usd_per_day !== undefined)],
    [
      'credentials[].limits.requests_per_minute',
      credentials.some(({ limits }) => limits?.requests_per_minute !== undefined),
    ],
  ]
  return written.filter(([, isSet]) => isSet).map(([name]) => `${name} is set and has no effect yet`)
}
