import { check } from './check.ts'
import type { Command } from './command.ts'
import { enrolTokenCreate } from './enrol-token.ts'
import { health } from './health.ts'
import { ledgerVerify } from './ledger.ts'
import { migrateCommand } from './migrate.ts'
import { proberMoves, probersList } from './probers.ts'
import { serve } from './serve.ts'

export const commands: readonly Command[] = [
  serve,
  health,
  migrateCommand,
  check,
  enrolTokenCreate,
  probersList,
  ...proberMoves,
  ledgerVerify,
]
