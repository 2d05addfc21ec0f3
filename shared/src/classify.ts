import type { Operation, Outcome, Skip } from './outcome.ts'
export type { Operation, Outcome, Skip }
