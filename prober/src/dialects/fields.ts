import { z } from 'zod'

/** Whatever a field turns out to be, the rest of what it stands in is still read. */
export const text = z.string().nullish().catch(null)
export const count = z.int().min(0).nullish().catch(null)

/** Every object of the list that has the shape; what is no list has none. */
export const listOf = <T extends z.ZodType>(item: T) => z.array(item.nullable().catch(null)).nullish().catch(null)
