import { z } from 'zod'

const refusal = 'is not a number from 1 to 100'

/** How many of a list, in an address. */
export const Limit = z
  .string()
  .regex(/^\d{1,3}$/, refusal)
  .transform(Number)
  .pipe(z.int().min(1, refusal).max(100, refusal))
  .describe('At most so many')
