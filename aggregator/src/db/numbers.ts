/** Numbers from outside, as a column can hold them: Postgres refuses the whole statement for one that it cannot. */

const maxInt = 2_147_483_647

export const toInt = (value: number): number => Math.max(-maxInt, Math.min(maxInt, Math.trunc(value)))

/** As a `real` keeps it; what is too small becomes 0 here, where Postgres would call it out of range. */
export const toReal = (value: number): number => {
  const single = Math.fround(value)
  return Number.isFinite(single) ? single : Math.sign(value) * 3.4e38
}
