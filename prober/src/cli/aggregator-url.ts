import type { ProberSettings } from '../config/settings.ts'
import { openToken } from '../report/enrol.ts'
import type { Shell } from './shell.ts'

/** Where results go: as it is set, as it was enrolled, or as the token says; null where nothing does. */
export const aggregatorUrl = async (shell: Shell, settings: ProberSettings): Promise<string | null> => {
  if (settings.aggregator.url !== null) return settings.aggregator.url
  const identity = await shell.identity(settings.dataDir)
  if (identity !== null) return identity.aggregator.url
  const token = settings.enrolToken()
  return token === null ? null : openToken(token).url
}
