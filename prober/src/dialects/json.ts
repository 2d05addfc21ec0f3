import { frameLimitBytes } from '../framing/frame.ts'

/**
 * JSON from outside, as data: bad text is an answer too. A body may be four times as long as a frame, for listings that
 * are searched as text; parsed, that much of nothing but `[` holds the loop for 0.35 s and takes 150 MiB, and every other
 * probe would pay for it. No answer of a model is longer than a frame.
 */
export const parseJson = (text: string): { readonly ok: true; readonly value: unknown } | { readonly ok: false } => {
  if (text.length > frameLimitBytes) return { ok: false }
  try {
    return { ok: true, value: JSON.parse(text) }
  } catch {
    return { ok: false }
  }
}
