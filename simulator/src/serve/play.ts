import type { Clock } from '../clock.ts'
import type { Reply, Step } from '../reply.ts'
import type { Wire } from './wire.ts'

/** Performs a reply in time: each step is due a while after the one before was due, so that lateness does not add up. */
export const play = async (
  reply: Reply,
  wire: Wire,
  how: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<void> => {
  const { clock, signal } = how
  let dueUs = clock.monoUs()
  let headIsOut = false
  for (const step of reply.steps) {
    dueUs += step.waitMs * 1000
    const leftMs = (dueUs - clock.monoUs()) / 1000
    if (leftMs > 0) await clock.wait(leftMs, signal)
    if (signal.aborted) return
    if (!headIsOut) wire.head(reply.status, withLength(reply))
    headIsOut = true
    if (step.bytes.length > 0 && !wire.write(step.bytes, step.token)) await wire.drained(signal)
    if (signal.aborted) return
  }
  if (reply.ending === 'hang') return
  if (reply.ending === 'reset') return wire.reset()
  if (!headIsOut) wire.head(reply.status, reply.headers)
  wire.end()
}

/** A body in one piece says how long it is, as providers' do; a stream cannot. */
const withLength = (reply: Reply): Readonly<Record<string, string>> => {
  const steps: readonly Step[] = Array.isArray(reply.steps) ? reply.steps : []
  const [only] = steps
  if (only === undefined || steps.length > 1 || only.part !== 'whole' || reply.ending !== 'end') return reply.headers
  return { ...reply.headers, 'content-length': String(only.bytes.length) }
}
