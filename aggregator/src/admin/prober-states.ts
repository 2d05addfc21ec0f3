import type { ProberTable } from '../db/schema.ts'

/** What an administrator may do with a prober, and from where to where it leads. */
export type ProberState = ProberTable['state']

interface Move {
  readonly from: readonly ProberState[]
  readonly to: ProberState
  /** What to do instead, where it is not from there. */
  readonly otherwise: string
}

export const moves = {
  approve: {
    from: ['pending', 'approved'],
    to: 'approved',
    otherwise: 'A quarantine is lifted with `probers release`; what was revoked enrols again with a new token.',
  },
  revoke: { from: ['pending', 'approved', 'quarantined', 'revoked'], to: 'revoked', otherwise: '' },
  release: {
    from: ['quarantined'],
    to: 'approved',
    otherwise: 'Only a prober in quarantine is released. See `probers list`.',
  },
} as const satisfies Record<string, Move>

export type MoveName = keyof typeof moves
export const moveNames = Object.keys(moves) as readonly MoveName[]

/** Null where it cannot be done from there. */
export const stateAfter = (state: ProberState, name: MoveName): ProberState | null => {
  const move: Move = moves[name]
  return move.from.includes(state) ? move.to : null
}
