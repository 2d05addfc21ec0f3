import type { Db } from '../db/schema.ts'

/**
 * Every table, in the order in which an archive has them; a table that is missing here does not compile. The number is how
 * many rows are read at first: what follows is measured by its bytes.
 */
export const tables = {
  aggregator: 1,
  former_key: 10,
  enrol_token: 100,
  prober: 100,
  prober_key: 100,
  custom_definition: 10,
  definition_set: 1,
  endpoint: 500,
  definition: 500,
  reported_model: 500,
  incident: 100,
  incident_event: 100,
  vote: 100,
  verdict: 500,
  notice: 100,
  lease: 10,
  ledger_anchor: 500,
  rollup_day: 500,
  sketch_day: 500,
  rollup_hour: 500,
  sketch_hour: 500,
  rollup_5min: 500,
  sketch_5min: 500,
  skip: 500,
  result: 500,
  // a body may be a mebibyte
  ledger: 4,
} as const satisfies Record<keyof Db, number>

export const tableNames = Object.keys(tables) as readonly (keyof Db)[]
