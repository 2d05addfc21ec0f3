import type { Access } from './host-gate.ts'

/** What everybody may read may be read from any page and kept on the way; anything else is asked for each time. */
export interface Reading {
  readonly publicRead: boolean
  /** Without a slash at its end; null where we are known by no name of our own. */
  readonly publicUrl: string | null
}

interface Kept {
  readonly access: Access
  readonly keptS?: number
}

export const isOpen = ({ access }: Kept, { publicRead }: Reading): boolean => publicRead && access === 'public'

export const cacheControl = (route: Kept, reading: Reading): string => {
  if (!isOpen(route, reading)) return route.access === 'read' ? 'no-store' : 'private, no-cache'
  return route.keptS === undefined ? 'public, no-cache' : `public, max-age=${route.keptS}`
}

/** No credentials: what is open to everybody is the same for everybody. */
export const openHeaders = (route: Kept, reading: Reading): Readonly<Record<string, string>> =>
  isOpen(route, reading)
    ? {
        'access-control-allow-origin': '*',
        'access-control-allow-headers': 'if-none-match',
        'access-control-expose-headers': 'etag, age, link, retry-after',
        'access-control-max-age': '86400',
        'cross-origin-resource-policy': 'cross-origin',
      }
    : {}
