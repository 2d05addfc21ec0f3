const from = (first: number, count: number): readonly number[] => Array.from({ length: count }, (_, at) => first + at)

/** Rules are changed by looking at the first; what is reported comes from the second, which nobody looked at before. */
export const tuningSeeds = from(1, 40)
export const reportSeeds = from(2001, 40)
