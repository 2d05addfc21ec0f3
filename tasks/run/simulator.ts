/** The simulator's control port, as far as the demonstration needs it (simulator/README.md). */
export interface Simulated {
  readonly id: string
  readonly origin: string
}

export interface Control {
  readonly providers: () => Promise<readonly Simulated[]>
  /** Every request to this provider is answered with a 503, until healed. */
  readonly breakDown: (provider: string) => Promise<void>
  readonly heal: (provider: string) => Promise<void>
}

export const controlOf = (url: string): Control => ({
  providers: async () => {
    const listed = (await (await ask(`${url}/_sim/providers`)).json()) as Record<string, { http: string }>
    return Object.entries(listed).map(([id, { http }]) => ({ id, origin: http }))
  },
  breakDown: async provider => {
    await change(url, 'PUT', { provider, share: 1, do: 'status', args: { code: 503 } })
  },
  heal: async provider => {
    await change(url, 'DELETE', { provider })
  },
})

const change = (url: string, method: string, body: unknown): Promise<Response> =>
  ask(`${url}/_sim/scenarios`, { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } })

const ask = async (url: string, init: RequestInit = {}): Promise<Response> => {
  const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(5_000) })
  if (!answer.ok) throw new Error(`The simulator answered ${answer.status}: ${await answer.text()}`)
  return answer
}

/** A prober's configuration in which every simulated provider has a key, good for nothing, and is asked all the time. */
export const demoConfig = (providers: readonly Simulated[], every: string): string =>
  [
    'version: 1',
    'name: demo',
    'region: this machine',
    `every: { reachability: ${every}, health: ${every}, chat: ${every} }`,
    'credentials:',
    ...providers.map(
      ({ id, origin }) => `  - { name: ${id}, provider: ${id}, origin: "${origin}", secret: env:DEMO_KEY }`,
    ),
    '',
  ].join('\n')
