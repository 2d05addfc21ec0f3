import { kinds } from './kinds.ts'
import { type Details, type Found, keyOf, type Notice } from './notice.ts'

/** What is found now, beside what stands open, makes a list of changes. Pure; nothing is written where there is none. */

export type Change =
  | { readonly kind: 'opened'; readonly found: Found }
  | { readonly kind: 'seen'; readonly was: Notice; readonly details: Details }
  | { readonly kind: 'cleared'; readonly was: Notice }

export const stepNotices = (input: {
  readonly open: readonly Notice[]
  readonly found: readonly Found[]
  readonly nowMs: number
}): readonly Change[] => {
  const { open, found, nowMs } = input
  const byKey = new Map(found.map(one => [keyOf(one), one]))
  const known = new Set(open.map(keyOf))
  return [
    ...open.flatMap((was): readonly Change[] => {
      const now = byKey.get(keyOf(was))
      if (now !== undefined) return [{ kind: 'seen', was, details: now.details }]
      return nowMs - was.lastMs >= kinds[was.kind].staysMs ? [{ kind: 'cleared', was }] : []
    }),
    ...found
      .filter(one => one.strength === 'begins' && !known.has(keyOf(one)))
      .map((one): Change => ({ kind: 'opened', found: one })),
  ]
}
