/**
 * Base-2 exponential histogram of milliseconds: bucket i holds (2^((i−1)/2^scale), 2^(i/2^scale)], clamped to
 * 1 ms … 10 min. Scale 5 is at most 1.08 % wrong, scale 3 at most 4.33 %. Merging adds counts, so it is exact,
 * associative and commutative; scaling down is exact too: ceil(i / 2^Δ).
 * (OpenTelemetry's index is one less.)
 */
export interface Sketch {
  readonly scale: number
  /** Bucket numbers, ascending, and their counts beside them: what Postgres stores as smallint[] and int[]. */
  readonly i: readonly number[]
  readonly c: readonly number[]
  readonly n: number
  readonly sum: number
  readonly min: number | null
  readonly max: number | null
}
