import type { FastifyInstance } from 'fastify'
import { hostName, isLoopback } from '../config/loopback.ts'
import { type ProblemCode, sendProblem } from './problem.ts'

/**
 * Who may ask what, decided once, by the route that matched.
 *
 * Invariants
 * - A route is closed unless it says otherwise: what names no access is `read`.
 * - While we listen on loopback, only names of this machine (and of PUBLIC_URL, for a reverse proxy) are answered: a page
 *   that makes its own name point here (DNS rebinding) cannot read a byte. Then `read` is open.
 * - Off loopback, `read` is closed until there are users, and `public` opens with LLMSTATUS_PUBLIC_READ.
 */

/** door: probers and health checks, always · public: what an operator may open to everybody · read: everything else */
export type Access = 'door' | 'public' | 'read'

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access
  }
}

export interface GateRules {
  readonly host: string
  readonly publicUrl: string | null
  readonly publicRead: boolean
}

/** Null lets it through. */
export const gate = (
  rules: GateRules,
  asked: { readonly access: Access; readonly host: string },
): ProblemCode | null => {
  if (isLoopback(rules.host)) return isOurs(rules, asked.host) ? null : 'host_not_allowed'
  if (asked.access === 'door' || (asked.access === 'public' && rules.publicRead)) return null
  return 'sign_in_required'
}

const isOurs = (rules: GateRules, host: string): boolean =>
  isLoopback(host) || (rules.publicUrl !== null && hostName(host) === hostName(new URL(rules.publicUrl).host))

export const installGate = (app: FastifyInstance, rules: GateRules): void => {
  app.addHook('onRequest', async (request, reply) => {
    const access = request.routeOptions.config.access ?? 'read'
    const refused = gate(rules, { access, host: request.headers.host ?? '' })
    if (refused !== null) return sendProblem(reply, refused)
  })
}
