import { setTimeout } from 'node:timers/promises'
import { until } from './ready.ts'
import type { Control } from './simulator.ts'
import { healthy, type Incident, incidents } from './watch.ts'

/** The play: health, an outage, an incident that opens, healing, an incident that resolves. Every step is narrated. */
export interface Stage {
  readonly url: string
  readonly provider: string
  readonly control: Control
  readonly tell: (line: string) => void
  readonly ending: AbortSignal
}

const healthMs = 15_000
const outageMs = 30_000

/** Answers whether it went through to the end in time. */
export const play = async (stage: Stage, withinMs: number): Promise<boolean> => {
  const ending = AbortSignal.any([stage.ending, AbortSignal.timeout(withinMs)])
  try {
    await acts({ ...stage, ending })
    return true
  } catch (error) {
    if (ending.aborted) return false
    throw error
  }
}

const acts = async ({ url, provider, control, tell, ending }: Stage): Promise<void> => {
  const wait = (ms: number): Promise<void> => setTimeout(Math.max(0, ms), undefined, { signal: ending })
  const incident = (fits: (incident: Incident) => boolean) => incidentWhere(url, fits, ending)
  const healthSince = Date.now()
  tell('the first results are on their way; every simulated provider is well')
  await until(async () => (await healthy(url)).includes(provider), ending)
  tell(`${provider} is operational (${secondsSince(healthSince)})`)
  await wait(healthMs - (Date.now() - healthSince))

  const outageSince = Date.now()
  tell(`an outage begins: ${provider} answers every request with a 503`)
  await control.breakDown(provider)
  const opened = await incident(each => each.provider === provider)
  tell(
    `an incident opened (${secondsSince(outageSince)} after the first failure could be seen): ${opened.impact}, ${opened.reason}`,
  )
  await wait(outageMs - (Date.now() - outageSince))

  const healedSince = Date.now()
  await control.heal(provider)
  tell(`${provider} is healed, ${secondsSince(outageSince)} after the outage began`)
  await incident(each => each.id === opened.id && each.resolved_at !== null)
  tell(
    `the incident resolved (${secondsSince(healedSince)} after that: it waits for two clean windows before it says so)`,
  )
}

const incidentWhere = async (
  url: string,
  fits: (incident: Incident) => boolean,
  ending: AbortSignal,
): Promise<Incident> => {
  let found: Incident | undefined
  const isThere = async (): Promise<boolean> => {
    found = (await incidents(url)).find(fits)
    return found !== undefined
  }
  await until(isThere, ending)
  return found as Incident
}

const secondsSince = (startMs: number): string => `${Math.round((Date.now() - startMs) / 1000)} s`
