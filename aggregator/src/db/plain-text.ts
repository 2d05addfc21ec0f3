/**
 * Text from outside, as it may stand in a column, a log line or a page: printable ASCII, at most so long. Postgres
 * refuses U+0000 in text and half a surrogate pair in jsonb; both can stand in JSON that is otherwise good.
 */
export const plainText = (text: string, maxChars: number): string =>
  text.slice(0, maxChars).replaceAll(/[^\x20-\x7e]/g, '?')

/** The largest that an `int` column holds: what is larger was never a measurement. */
export const maxInt = 2_147_483_647

export const toInt = (value: number): number => Math.max(-maxInt, Math.min(maxInt, Math.trunc(value)))

/** As a `real` column keeps it: outside of its range Postgres would refuse the row. */
export const toReal = (value: number): number => {
  const single = Math.fround(value)
  return Number.isFinite(single) ? single : Math.sign(value) * 3.4e38
}
