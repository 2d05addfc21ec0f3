import type { Dialect, Route } from '../dialects/dialect.ts'
import type { Provider } from './provider.ts'

export interface Found {
  readonly route: Route
  readonly params: Readonly<Record<string, string>>
  /** Whose path it is. */
  readonly dialect: Dialect
}

const patternOf = (path: string): RegExp =>
  new RegExp(
    `^${path
      .split(/(\{\w+\+?\})/)
      .map(part =>
        part.startsWith('{')
          ? `(?<${part.replace(/\W/g, '')}>${part.endsWith('+}') ? '.+?' : '[^/:]+'})`
          : part.replace(/[.*+?^$|()[\]\\]/g, '\\$&'),
      )
      .join('')}$`,
  )

/** The provider's own paths stand at the root, the dialect's under its base. */
export const findRoute = (provider: Provider, method: string, path: string): Found | null => {
  const all = [
    ...provider.routes.map(route => ({ route, path: route.path, dialect: provider.dialect })),
    ...[provider.dialect, ...provider.also].flatMap(dialect =>
      dialect.routes.map(route => ({ route, path: `${provider.base}${route.path}`, dialect })),
    ),
  ]
  for (const candidate of all) {
    if (candidate.route.method !== (method === 'HEAD' ? 'GET' : method)) continue
    const match = patternOf(candidate.path).exec(path)
    if (match !== null)
      return { route: candidate.route, params: decoded(match.groups ?? {}), dialect: candidate.dialect }
  }
  return null
}

const decoded = (groups: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, decode(value)]))

const decode = (value: string): string => {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
