import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { createAllowance, type Rate } from './allowance.ts'
import { sendProblem } from './problem.ts'

/**
 * What may come to the doors of probers before anybody knows who it is.
 *
 * Invariants
 * - It is decided by the address and the length that is declared, before one byte of the body is read.
 * - It is far above what probers need, because many of them may stand behind one address: it bounds what it costs us to
 *   find out who somebody is, and nothing else. What one prober may send is decided once its signature holds.
 * - All bodies that are in memory at one time have a bound, and one address has half of it: whoever sends slowly on
 *   purpose does not keep everybody else out.
 */
export interface DoorLimits {
  readonly requests: Rate
  readonly bytes: Rate
  /** Of all bodies that are being read or stored at one time. */
  readonly bytesAtOnce: number
}

const MiB = 1 << 20

export const doorLimits: DoorLimits = {
  requests: { perS: 300, burst: 3_000 },
  bytes: { perS: 64 * MiB, burst: 512 * MiB },
  bytesAtOnce: 64 * MiB,
}

export interface DoorGuardDeps {
  readonly clock: { readonly nowMs: () => number }
  /** What a body counts whose length is not declared. */
  readonly mostBytes: number
}

/** For one scope of routes after the other; they share what they count. */
export const createDoorGuard = (
  deps: DoorGuardDeps,
  limits: DoorLimits = doorLimits,
): ((door: FastifyInstance) => void) => {
  const spend = createAllowance({ requests: limits.requests, bytes: limits.bytes })
  const inMemory = new Map<string, number>()
  const add = (sender: string, bytes: number): void => {
    const left = (inMemory.get(sender) ?? 0) + bytes
    if (left === 0) inMemory.delete(sender)
    else inMemory.set(sender, left)
  }
  const isFull = (sender: string, bytes: number): boolean => {
    const all = inMemory.values().reduce((sum, each) => sum + each, 0)
    return all + bytes > limits.bytesAtOnce || (inMemory.get(sender) ?? 0) + bytes > limits.bytesAtOnce / 2
  }
  const check = (request: FastifyRequest, reply: FastifyReply): FastifyReply | undefined => {
    const bytes = declaredBytes(request, deps.mostBytes)
    const sender = request.ip
    const waitMs = spend({ sender, of: { requests: 1, bytes }, nowMs: deps.clock.nowMs() })
    if (waitMs > 0) return sendProblem(reply, 'rate_limited', { retryAfterS: Math.ceil(waitMs / 1000) })
    if (bytes === 0) return undefined
    if (isFull(sender, bytes)) return sendProblem(reply, 'busy')
    add(sender, bytes)
    reply.raw.once('close', () => add(sender, -bytes))
    return undefined
  }
  return door => void door.addHook('onRequest', async (request, reply) => check(request, reply))
}

/** More than is ever read counts as much as is read: fastify refuses the rest by its length. */
const declaredBytes = ({ headers }: FastifyRequest, mostBytes: number): number => {
  if (headers['transfer-encoding'] !== undefined) return mostBytes
  const declared = Number(headers['content-length'] ?? 0)
  return Number.isFinite(declared) ? Math.min(Math.max(declared, 0), mostBytes) : mostBytes
}
