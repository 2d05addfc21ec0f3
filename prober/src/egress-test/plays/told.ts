import { type Finding, findingOf, refusalOf, together } from '../finding.ts'
import { nobody, ownAddress, type Scene } from '../internet.ts'
import type { Stage, Told } from '../stage.ts'

/** Settings as somebody has them, read by the real reader; what comes out of it is measured by the real prober. */

const keyed = (provider: string, more: object = {}) => ({
  name: provider,
  provider,
  secret: 'env:KEY',
  ca_file: 'ca.pem',
  ...more,
})

/** One provider with its shipped origin. */
export const hosted = (more: object = {}): Told => ({ config: { credentials: [keyed('openai', more)] } })

/** One for each way in which keys are sent: two of the three headers go along with a redirect in most clients. */
export const everyHeader: Told = {
  config: { credentials: ['openai', 'anthropic', 'google_gemini'].map(id => keyed(id)) },
}

/** A server of one's own, in a private network. */
export const insideAt = '10.20.30.40:8080'
export const insideTold: Told = {
  config: {
    credentials: [keyed('openai')],
    targets: [{ id: 'inside', provider: 'http', origin: `http://${insideAt}`, secret: 'env:KEY' }],
  },
}

export const ownPlace = `${ownAddress}:443`

export const tryTold = async (stage: Stage, told: Told, scene: Partial<Scene> = {}): Promise<Finding> => {
  stage.set({ ...nobody, ...scene })
  const read = await readTold(stage, told)
  if ('finding' in read) return read.finding
  return together((await stage.measure(read.settings.probes)).map(findingOf))
}

export const readTold = async (stage: Stage, told: Told) => {
  try {
    const settings = await stage.settings(told)
    for (const note of settings.notes) stage.said(note)
    return { settings }
  } catch (error) {
    return { finding: refusalOf(error, stage.said) }
  }
}
