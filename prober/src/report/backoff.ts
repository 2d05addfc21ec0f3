/** 0.5 s, doubling to 30 s, and up to half of that sooner: many probers do not come back in step. */
export const backoffMs = (failures: number, random: number): number => {
  const full = Math.min(30_000, 500 * 2 ** Math.min(failures, 10))
  return Math.round(full * (1 - random / 2))
}
