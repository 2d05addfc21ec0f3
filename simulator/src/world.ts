import { type Clock, realClock } from './clock.ts'
import { createLog, type Log } from './log.ts'
import type { Provider } from './providers/provider.ts'
import { providers as table } from './providers/table.ts'
import { type Book, createBook } from './scenarios/book.ts'
import { defaultPace, type Pace } from './scenarios/pace.ts'
import type { Connections } from './serve/door.ts'
import { type Contexts, createContexts } from './serve/tls.ts'

export interface SimulatorOptions {
  /** 127.0.0.1. */
  readonly host?: string
  /** 0: any free port. */
  readonly controlPort?: number
  /** The providers' ports are this one and those after it, http and https in turn; any free ones where it is left out. */
  readonly firstPort?: number
  /** All of the table where it is left out. */
  readonly only?: readonly string[]
  readonly seed?: number
  readonly pace?: Partial<Pace>
  readonly logEntries?: number
  readonly clock?: Clock
}

/** What everything here shares. */
export interface World {
  readonly host: string
  readonly firstPort: number | null
  readonly providers: ReadonlyMap<string, Provider>
  readonly book: Book
  readonly log: Log
  readonly clock: Clock
  readonly pace: Pace
  readonly seed: number
  readonly contexts: Contexts
  readonly connections: Connections
  readonly nextReq: () => number
}

export const createWorld = (options: SimulatorOptions): World => {
  const seed = options.seed ?? 1
  const chosen = table.filter(({ id }) => options.only?.includes(id) ?? true)
  return {
    host: options.host ?? '127.0.0.1',
    firstPort: options.firstPort ?? null,
    providers: new Map(chosen.map(provider => [provider.id, provider])),
    book: createBook(seed),
    log: createLog(options.logEntries ?? 200_000),
    clock: options.clock ?? realClock,
    pace: { ...defaultPace, ...options.pace },
    seed,
    contexts: createContexts(),
    connections: { below: new WeakMap(), nextConn: counter() },
    nextReq: counter(),
  }
}

/** 1, 2, 3 … */
const counter = () => {
  let n = 0
  return () => {
    n += 1
    return n
  }
}
