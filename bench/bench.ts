/** What a bench is, and what it says: one file bench/<name>.ts that exports a value `bench`. */

export interface Measurement {
  /** `default` where there is only one. */
  readonly case: string
  readonly metric: string
  readonly value: number
  readonly unit: string
  readonly runs: number
  /** (max − min) ÷ median of the runs. */
  readonly spread: number
  /** What the value is held against, measured in the same run; both null where there is nothing. */
  readonly limit: string | null
  readonly limit_value: number | null
}

export interface Bench {
  /** One line for the list. */
  readonly about: string
  /** Options beyond --json that it takes, as they are written: `--rows`. */
  readonly options?: readonly string[]
  readonly run: (context: BenchContext) => Promise<readonly Measurement[]>
}

export interface BenchContext {
  /** What was given for the options above; true for one without a value. */
  readonly options: Readonly<Record<string, string | true>>
  /** Progress, on stderr. */
  readonly note: (text: string) => void
}

/** One line of --json. Its keys and their order are a contract. */
export const recordOf = (bench: string, measured: Measurement) => ({
  bench,
  case: measured.case,
  metric: measured.metric,
  value: measured.value,
  unit: measured.unit,
  runs: measured.runs,
  spread: measured.spread,
  limit: measured.limit,
  limit_value: measured.limit_value,
  ratio: measured.limit_value === null ? null : measured.value / measured.limit_value,
})
export type BenchRecord = ReturnType<typeof recordOf>
