import type { Socket } from 'node:net'
import type { Refusal } from '../egress/guard.ts'
import type { Clock } from '../probe.ts'
import type { Failure } from './attempt.ts'
import type { Connect, SecureContexts } from './open.ts'
import type { Within } from './phase.ts'
import type { Resolve } from './resolve.ts'

/** The way to an origin as it went: a connection, or why there is none, and the stamps of either. */
export interface Dialled {
  readonly socket: Socket | null
  readonly dns: number | null
  readonly tcp: number | null
  readonly tls: number | null
  readonly refusal: Refusal | null
  readonly failure: Failure | null
  readonly certificateEndsMs: number | null
}

export const nowhere: Dialled = {
  socket: null,
  dns: null,
  tcp: null,
  tls: null,
  refusal: null,
  failure: null,
  certificateEndsMs: null,
}

export interface DialDeps {
  readonly clock: Pick<Clock, 'monoUs'>
  readonly resolve: Resolve
  readonly connect: Connect
  readonly secureContext: SecureContexts
}

export interface Dialling extends DialDeps {
  readonly within: Within
}
