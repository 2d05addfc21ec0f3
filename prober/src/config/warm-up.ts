import type { Connection } from '@llmstatus/shared/definition'
import type { z } from 'zod'
import { fillTemplate } from '../credentials/origin.ts'
import type { WarmUp } from '../probe.ts'
import type { Ask } from './ask.ts'

/**
 * What makes a connection warm: the request that asks whether the provider is there, which costs nothing, without a key
 * where its edge answers without one. Where there is no provider's file, the probe's own request, once before it counts.
 */
export const withConnection = (ask: Ask, connection: z.infer<typeof Connection> = 'cold'): Ask =>
  connection === 'warm' ? { ...ask, warmUp: warmUpOf(ask) } : ask

const warmUpOf = ({ endpoint: { file, values }, method, path }: Ask): WarmUp => {
  if (file === null) return { method: method === 'HEAD' ? 'HEAD' : 'GET', path, keyed: true }
  const { reachability } = file
  return {
    method: reachability.method,
    path: fillTemplate(reachability.path, values),
    keyed: !reachability.keyless,
  }
}
