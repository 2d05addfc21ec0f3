import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Clock, Probe } from '../probe.ts'
import { type Emission, emit } from './emission.ts'
import { referencePath, referenceProbe } from './reference-probe.ts'
import { isReferenceModel, schedules } from './schedule.ts'

/**
 * A provider that is known: in this process, on loopback, on a schedule, and it remembers when it wrote what. Measuring
 * it says how well this prober measures, here and now; it is shown as the monitor's own health, never among providers.
 */
export interface Emitter {
  readonly origin: string
  readonly probe: Probe
  /** The emission that answered exactly this text. It is given out once. */
  readonly take: (asked: string) => Emission | null
  readonly close: () => Promise<void>
}

const maxConnections = 64
const maxBodyBytes = 16_384
const maxRemembered = 64

export const startEmitter = async (clock: Pick<Clock, 'monoUs'>): Promise<Emitter> => {
  const remembered = new Map<string, Emission>()
  const remember = (emission: Emission): void => {
    remembered.set(emission.asked, emission)
    const [oldest] = remembered.keys()
    if (remembered.size > maxRemembered && oldest !== undefined) remembered.delete(oldest)
  }
  const server = createServer((request, response) => void answer({ request, response, clock, remember }))
  server.maxConnections = maxConnections
  const origin = `http://127.0.0.1:${await listen(server)}`
  return {
    origin,
    probe: referenceProbe(origin),
    take(asked) {
      const emission = remembered.get(asked) ?? null
      remembered.delete(asked)
      return emission
    },
    close: () => close(server),
  }
}

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly clock: Pick<Clock, 'monoUs'>
  readonly remember: (emission: Emission) => void
}

const answer = async ({ request, response, clock, remember }: Exchange): Promise<void> => {
  response.on('error', () => {})
  if (request.method !== 'POST' || request.url !== referencePath) return void response.writeHead(404).end()
  const question = readQuestion(await bodyOf(request))
  if (question === null) return void response.writeHead(400).end()
  emit({ asked: question.asked, schedule: schedules[question.model], response, clock, onWritten: remember })
}

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  let text = ''
  try {
    for await (const bytes of request) {
      text += String(bytes)
      if (text.length > maxBodyBytes) return ''
    }
  } catch {
    return ''
  }
  return text
}

const readQuestion = (body: string) => {
  try {
    const { model, messages } = JSON.parse(body) as { model?: unknown; messages?: readonly { content?: unknown }[] }
    const asked = messages?.at(-1)?.content
    return isReferenceModel(model) && typeof asked === 'string' ? { model, asked } : null
  } catch {
    return null
  }
}

const listen = (server: Server): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })

const close = (server: Server): Promise<void> =>
  new Promise(resolve => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
