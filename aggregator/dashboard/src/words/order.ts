import { type Provider, states } from '../api/shapes.ts'
import { isYours } from './sentence.ts'

/** What needs you first: failing, then yours, then unknown, then the rest by name. */
export const inOrder = (providers: readonly Provider[]): readonly Provider[] =>
  providers.toSorted((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name))

const rank = (provider: Provider): number =>
  isYours(provider) ? states.indexOf('throttled') : states.indexOf(provider.state)

/** The order that is on the screen, for as long as somebody points at it; new rows go to the end. */
export const inOldOrder = (providers: readonly Provider[], shown: readonly string[]): readonly Provider[] => {
  const place = (id: string) => (shown.includes(id) ? shown.indexOf(id) : shown.length)
  return inOrder(providers).toSorted((a, b) => place(a.id) - place(b.id))
}
