import type { Provider } from './providers/provider.ts'
import type { Book } from './scenarios/book.ts'
import type { Removal, Scenario } from './scenarios/schema.ts'
import { type Door, openDoor } from './serve/door.ts'
import { createProviderServer } from './serve/provider-server.ts'
import type { World } from './world.ts'

export interface ProviderDoors {
  readonly http: Door
  readonly https: Door
}

/** `at` is the provider's place in the row of ports. */
export const openProvider = async (world: World, provider: Provider, at: number): Promise<ProviderDoors> => {
  const http = createProviderServer({ ...world, behaviour: { ...world, provider } })
  const open = (scheme: 'http' | 'https', offset: number) => {
    const port = world.firstPort === null ? 0 : world.firstPort + 2 * at + offset
    return openDoor({ ...world, provider: provider.id, scheme, http, place: { host: world.host, port } })
  }
  const plain = await open('http', 0)
  try {
    return { http: plain, https: await open('https', 1) }
  } catch (error) {
    await plain.close()
    throw error
  }
}

/** Scenarios come and go one after the other, and the doors follow them. */
export const createStage = (book: Book, doors: ReadonlyMap<string, ProviderDoors>) => {
  let last = Promise.resolve()
  const follow = async () => {
    const stuck = new Set(
      book
        .all()
        .filter(scenario => scenario.do === 'hang_accept')
        .map(({ provider }) => provider),
    )
    await Promise.all(
      [...doors].flatMap(([id, pair]) =>
        [pair.http, pair.https].map(door => (stuck.has(id) ? door.stick() : door.release())),
      ),
    )
  }
  const then = (change: () => void): Promise<void> => {
    last = last.then(() => {
      change()
      return follow()
    })
    return last
  }
  return {
    put: (scenario: Scenario) => then(() => book.put(scenario)),
    remove: (removal: Removal) => then(() => book.remove(removal)),
  }
}
