import type { Lease } from '../lease.ts'

/** For tests of what a holder does. */
export const held: Pick<Lease, 'isHeld' | 'confirm'> = { isHeld: () => true, confirm: async () => true }
