import { backupCommand } from './backup.ts'
import { check } from './check.ts'
import type { Command } from './command.ts'
import { definitionCommands } from './definitions.ts'
import { enrolTokenCreate } from './enrol-token.ts'
import { health } from './health.ts'
import { incidentCommands } from './incidents.ts'
import { keyCommands } from './key.ts'
import { ledgerVerify } from './ledger.ts'
import { ledgerExport } from './ledger-export.ts'
import { migrateCommand } from './migrate.ts'
import { proberMoves, probersList } from './probers.ts'
import { replay } from './replay.ts'
import { restoreCommand } from './restore.ts'

/** All but `serve`, which puts every room together and comes from outside of this one. */
export const commands: readonly Command[] = [
  health,
  migrateCommand,
  check,
  enrolTokenCreate,
  probersList,
  ...proberMoves,
  ledgerVerify,
  replay,
  ledgerExport,
  ...keyCommands,
  backupCommand,
  restoreCommand,
  ...definitionCommands,
  ...incidentCommands,
]
