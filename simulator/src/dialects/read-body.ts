import { z } from 'zod'
import type { Intent } from './dialect.ts'

/** Text, or a list of parts of which some are text. */
export const Content = z.union([z.string(), z.array(z.looseObject({ text: z.string().optional() }))])

export const textOfContent = (content: z.infer<typeof Content>): string =>
  typeof content === 'string' ? content : content.map(part => part.text ?? '').join('')

/** A body of the wrong shape is refused as the dialect refuses it. */
export const reading =
  <T>(schema: z.ZodType<T>, then: (body: T) => Intent) =>
  (body: unknown): Intent => {
    const parsed = schema.safeParse(body)
    return parsed.success ? then(parsed.data) : { kind: 'refused', error: 'bad_request' }
  }
