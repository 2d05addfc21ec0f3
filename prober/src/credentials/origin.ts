/**
 * An origin is read once, here, and written back exactly as it will be used. Whatever a URL parser would quietly turn
 * into another host (a number for an address, a user before an @, a path) is refused rather than turned.
 */

export type CheckedOrigin =
  | { readonly ok: true; readonly origin: string }
  | { readonly ok: false; readonly what: string }

const wrong = (what: string): CheckedOrigin => ({ ok: false, what })

const notAnOrigin = wrong('is not an origin such as https://api.example.com')

/** Narrower than a URL parser, which takes a brace in a host for a letter. */
const hostPattern = /^([a-z0-9_-]+(\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])$/

export const checkOrigin = (text: string, given: 'shipped' | 'set'): CheckedOrigin => {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol)) return notAnOrigin
  if (url.username !== '' || url.password !== '') return wrong('holds a user or a password')
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '')
    return wrong('holds more than scheme, host and port')
  if (url.hostname.endsWith('.')) return wrong('ends in a dot')
  if (!hostPattern.test(url.hostname)) return notAnOrigin
  if (!isWrittenAsUsed(text, url)) return wrong(`would be read as ${url.origin}; write it so`)
  if (url.protocol === 'http:' && given === 'shipped') return wrong('is not https')
  return { ok: true, origin: url.origin }
}

const isWrittenAsUsed = (text: string, url: URL): boolean => {
  const defaultPort = url.protocol === 'https:' ? ':443' : ':80'
  const written = text.toLowerCase().replace(/\/$/, '')
  return written === url.origin || written === `${url.origin}${defaultPort}`
}

/** The names that stand in braces: `https://{RESOURCE}.openai.azure.com`. */
export const templateNames = (template: string): readonly string[] =>
  [...template.matchAll(/\{([A-Z][A-Z0-9_]*)\}/g)].map(([, name]) => name ?? '')

export const fillTemplate = (template: string, values: Readonly<Record<string, string>>): string =>
  template.replace(/\{([A-Z][A-Z0-9_]*)\}/g, (whole, name: string) => values[name] ?? whole)
