/** What the demonstration asks of the aggregator, over the same public API that anybody uses. */

export interface Incident {
  readonly id: string
  readonly provider: string
  readonly impact: string
  readonly reason: string
  readonly resolved_at: string | null
}

export const incidents = async (url: string): Promise<readonly Incident[]> =>
  ((await json(`${url}/api/v1/incidents`)) as { incidents: readonly Incident[] }).incidents

/** The providers whose state says that they work. */
export const healthy = async (url: string): Promise<readonly string[]> => {
  const { providers } = (await json(`${url}/api/v1/status`)) as { providers: readonly { id: string; state: string }[] }
  return providers.filter(provider => provider.state === 'operational').map(provider => provider.id)
}

const json = async (url: string): Promise<unknown> => {
  const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) })
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`)
  return answer.json()
}
